package probe

import (
	"bytes"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"

	"golang.org/x/sys/unix"
)

// A Point is a seam between two steps that belong together, a check and an act, and makes
// two goroutines meet there if the answer lets them. The zero Point is ready for use. Given
// code has a hook between its steps (a func that does nothing), the judge sets it:
//
//	var p probe.Point
//	store.AfterRead = p.Here
//
// The first who comes is held until another comes by: then both have checked, and neither
// has acted. This is the losing interleaving, and it is driven every time. The third who
// comes is held for the fourth, and so on.
//
// Who is held is let go when nobody else of its bubble, or outside bubbles, can run any
// more. So an answer that lets only one at a time come this far works as ever, with every
// kind of lock, and sees neither virtual time pass nor a deadlock. Nobody who sleeps will
// come: those who shall meet must be started at the same instant. While somebody spins, it
// never gets quiet, and a Point soon gives up holding anybody.
//
// A Point accuses nobody. That two met is wrong if the answer had to keep them apart, and
// of no account if it notices later and tries again: judge what comes out, or Met.
//
// The race detector does not see that goroutines meet at a Point: it hides no race.
type Point struct {
	// Yield makes Here hold nobody, but let others run once. That is cheaper (holding
	// somebody for nothing costs about 0.1 ms, and 70 ms beside 1,000 goroutines) and no
	// longer certain.
	Yield bool

	came, met atomic.Int64
	inVain    atomic.Int64 // how often the limit of rounds was reached
	held      atomic.Pointer[holding]
	line      atomic.Int64 // see line
}

// holding is one stay of one goroutine.
type holding struct{ over atomic.Bool }

const (
	// rounds is how often who is held asks whether anybody else can run. The limit is for
	// those who spin, and can always run. It is halved whenever it is reached, so that an
	// answer that is right and spins takes some .3 s longer because of us, and not more.
	rounds = 128
	// yields is how often it lets others run between two questions.
	yields = 10
	// hasty is how many rounds are without a pause. After them whoever can run has probably
	// lost its processor to another process. To ask, the runtime stops it as soon as it
	// gets one: without a pause it would never get on (measured with four programs that
	// spin beside it on two processors: 1 of 3,000 pairs did not meet).
	hasty = 16
)

// Here is the seam.
func (p *Point) Here() { unseen(p.here) }

func (p *Point) here() {
	p.came.Add(1)
	if p.Yield {
		runtime.Gosched()
		return
	}
	var own holding
	for !p.held.CompareAndSwap(nil, &own) {
		if other := p.held.Swap(nil); other != nil {
			p.meet(other)
			return
		}
	}
	p.hold(&own)
	if !p.held.CompareAndSwap(&own, nil) { // somebody has come
		leaving.Add(-1)
	}
}

// leaving is how many have been let go at a Point by somebody who came, and are not yet out
// of hold: they can run, though their stacks look as if they waited. Two who meet at one
// Point after the other would miss each other otherwise. It is -1 for a moment if one is
// gone before it was counted.
var leaving atomic.Int64

// hold returns when the stay is over, or nobody can come to end it.
func (p *Point) hold(own *holding) {
	var dump []byte // one for all rounds: garbage would bring the collector in
	for round := range rounds >> p.inVain.Load() {
		if round >= hasty {
			unix.Poll(nil, 1) // a millisecond of real time, in a bubble, too
		}
		for range yields {
			runtime.Gosched()
			if own.over.Load() {
				return
			}
		}
		if dump = allStacks(dump); leaving.Load() <= 0 && alone(dump) {
			return
		}
	}
	p.inVain.Add(1)
}

func (p *Point) meet(other *holding) {
	if p.met.Add(1) == 1 {
		p.line.Store(line())
	}
	leaving.Add(1)
	other.over.Store(true)
}

// Came returns how often somebody has come to the Point. If it is 0, the answer goes
// another way than the judge thinks.
func (p *Point) Came() (n int) {
	unseen(func() { n = int(p.came.Load()) })
	return n
}

// Met returns how often two were at the Point at the same time.
func (p *Point) Met() (n int) {
	unseen(func() { n = int(p.met.Load()) })
	return n
}

// Place returns where the answer was when two met for the first time, as the end of a
// message: " (answer.go:23)". It is "" if they have not met, or if the answer was not on
// the stack of the second.
func (p *Point) Place() (at string) {
	unseen(func() { at = inLine(p.line.Load()) })
	return at
}

// alone reports whether, according to a dump of all goroutines that begins with the
// caller, no other goroutine of its bubble can run. One that is held at a Point cannot:
// it waits for others, too. One that has come to a Point and is not yet held can.
//
// One that runs outside all bubbles counts: who starts the garbage collector leaves its
// bubble for as long (gcStart in runtime/mgc.go, Go 1.26).
func alone(dump []byte) bool {
	var bubble []byte
	first := true
	for g := range bytes.SplitSeq(dump, []byte("\n\n")) {
		header, stack, _ := bytes.Cut(g, []byte("\n"))
		_, state, _ := bytes.Cut(header, []byte("["))
		_, in, _ := bytes.Cut(state, []byte("synctest bubble "))
		switch {
		case first:
			bubble, first = in, false
		case (len(in) == 0 || bytes.Equal(in, bubble)) && canRun(string(state)) && !bytes.Contains(stack, []byte("/probe.(*Point).hold(")):
			return false
		}
	}
	return true
}

// allStacks is stacks.All into a buffer that is used again.
func allStacks(buf []byte) []byte {
	buf = slices.Grow(buf[:0], 16<<10)
	for {
		n := runtime.Stack(buf[:cap(buf)], true)
		if n < cap(buf) {
			return buf[:n]
		}
		buf = slices.Grow(buf, 2*cap(buf))
	}
}

// canRun reports whether a goroutine in this state, as a dump has it, goes on without any
// other's help. Some wait for the runtime only, and not for long: "semacquire" is what
// waits for the world that we have stopped. Locks have names of their own.
func canRun(state string) bool {
	for _, s := range []string{"run", "GC ", "wait for GC", "semacquire", "preempted", "copystack", "stopping the world", "flushing"} {
		if strings.HasPrefix(state, s) {
			return true
		}
	}
	return false
}
