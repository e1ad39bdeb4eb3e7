package conformance

// Rules are the queue rules of a scheduler, as data: a wrong scheduler is this one with
// one field changed. See [Go126] for the right values and [Mutants] for wrong ones.
type Rules struct {
	// Poll is the number of ticks of a P from one look at the global queue before its
	// own to the next, at most 64. A tick is a goroutine that was started without
	// inheriting the time slice of the one before it.
	Poll int

	// Ring is the length of a P's local queue, without the runnext slot. Overflow is
	// how many of its oldest entries go to the global queue, before the goroutine that
	// found no room.
	Ring, Overflow int

	// Steal returns how many of a victim's n > 0 entries a thief takes.
	Steal func(n int) int

	// Batch returns how many of n > 0 entries a P without work takes from the global
	// queue.
	Batch func(n, procs int) int

	// Next is where a goroutine goes that was created or made ready.
	Next Place

	// Yield is where a goroutine goes that calls Gosched.
	Yield Place

	// RunnextTicks says that a start from runnext begins a time slice of its own.
	RunnextTicks bool
}

// Place is a way into a queue.
type Place string

const (
	Slot       Place = "runnext"        // into runnext, whose former goroutine goes to the local tail
	SlotIfFree Place = "runnext, first" // into runnext if that is empty, else to the local tail
	LocalTail  Place = "local tail"
	GlobalTail Place = "global tail"
)

// Go126 returns the rules of Go 1.26: runqput, runqputslow, runqgrab, globrunqget,
// globrunqgetbatch, goschedImpl, findRunnable and execute in runtime/proc.go.
func Go126() Rules {
	return Rules{
		Poll:     61,
		Ring:     256,
		Overflow: 128,
		Steal:    func(n int) int { return n - n/2 },
		Batch:    func(n, procs int) int { return min(128, n, n/procs+1) },
		Next:     Slot,
		Yield:    GlobalTail,
	}
}

// A Mutant is a scheduler that does not exist. A trace of the real one must be worse
// explained by it, or the explanation means nothing.
type Mutant struct {
	Name  string
	Wrong func(*Rules)
}

// Mutants are the rules with one error each.
var Mutants = []Mutant{
	{"poll every 64", func(r *Rules) { r.Poll = 64 }},
	{"steal one", func(r *Rules) { r.Steal = func(int) int { return 1 } }},
	{"steal n/2 rounded down", func(r *Rules) { r.Steal = func(n int) int { return max(1, n/2) } }},
	{"no runnext", func(r *Rules) { r.Next = LocalTail }},
	{"runnext keeps the first", func(r *Rules) { r.Next = SlotIfFree }},
	{"runnext ticks", func(r *Rules) { r.RunnextTicks = true }},
	{"yield to the local queue", func(r *Rules) { r.Yield = LocalTail }},
	{"overflow of 64", func(r *Rules) { r.Overflow = 64 }},
	{"ring of 255", func(r *Rules) { r.Ring = 255; r.Overflow = 127 }},
	{"batch of one", func(r *Rules) { r.Batch = func(int, int) int { return 1 } }},
	{"batch of all", func(r *Rules) { r.Batch = func(n, _ int) int { return min(128, n) } }},
}
