package model

import (
	"slices"
	"time"
)

// Program is what goroutines do: for each procedure a list of operations, and the
// channels, mutexes and so on that the operations name by number. The root goroutine
// runs procedure 0; an operation [Go] starts others.
//
// A Program can be built in Go (see build.go) or read from JSON (see json.go).
type Program struct {
	Name string

	Chans      []int // capacity of each channel; 0 is unbuffered, [NilChan] is a nil channel
	Mutexes    int
	RWMutexes  int
	Conds      []int // for each sync.Cond the mutex that is its L
	WaitGroups []int // what was added to each sync.WaitGroup before the root starts
	Timers     []int // for each timer the procedure that it starts in a goroutine of its own

	Procs [][]Op
}

// NilChan, as a capacity, makes the channel nil: sends and receives block for ever.
const NilChan = -1

// Op is one operation of a goroutine.
type Op struct {
	Kind Kind
	Arg  int           // which channel, mutex, procedure …, or how often ([Rep]), or a priority
	Dur  time.Duration // of Sleep, Syscall, Net, CPU and Reset
	Body []Op          // of Rep

	// Of Select: the cases in the order of the source, and whether there is a default.
	Cases   []Case
	Default bool
}

// Case is one case of a select.
type Case struct {
	Send bool // else receive
	Chan int
}

// Kind says which operation an [Op] is.
type Kind uint8

// The operations. What Arg means stands behind each.
const (
	Mark         Kind = iota // nothing; it only makes an event; Arg is for the reader
	Go                       // go procs[Arg]
	Yield                    // runtime.Gosched
	Goexit                   // runtime.Goexit
	Rep                      // runs Body Arg times
	Send                     // to channel Arg
	Recv                     // from channel Arg
	Close                    // channel Arg
	TrySend                  // a select of this one case and default; the result is 1 if it was taken, 1001 if it panicked
	TryRecv                  // the same
	Select                   // over Cases; the result is the index of the case, −1 for default, 1001 if it panicked
	Lock                     // sync.Mutex Arg
	Unlock                   // the same
	RLock                    // sync.RWMutex Arg, for reading
	RUnlock                  // the same
	WLock                    // sync.RWMutex Arg, for writing
	WUnlock                  // the same
	Add                      // WaitGroup Arg: Add(1)
	Done                     // WaitGroup Arg
	Wait                     // WaitGroup Arg
	CondWait                 // sync.Cond Arg
	Signal                   // sync.Cond Arg
	Broadcast                // sync.Cond Arg
	Sleep                    // time.Sleep(Dur)
	Reset                    // starts or restarts timer Arg with Dur, as AfterFunc does; the result is 1 if it was running
	Stop                     // stops timer Arg; the result is 1 if it was running
	CPU                      // computes for Dur
	Syscall                  // a system call that blocks its thread for Dur
	Net                      // waits for Dur for the network: a connection that becomes ready then
	LockThread               // runtime.LockOSThread
	UnlockThread             // runtime.UnlockOSThread
	Priority                 // of this goroutine is Arg from now on; only the policies that have priorities look at it
)

// what kind of thing Arg names, and so what it must be smaller than.
type operand uint8

const (
	noOperand operand = iota
	number            // anything from 0 on
	count             // anything from 1 on
	aProc
	aChan
	aMutex
	anRWMutex
	aCond
	aWaitGroup
	aTimer
	aDuration
	timerAndDuration
)

// kinds names the operations as the JSON form does, and says what their argument is.
var kinds = [...]struct {
	name string
	arg  operand
}{
	Mark:         {"mark", number},
	Go:           {"go", aProc},
	Yield:        {"yield", noOperand},
	Goexit:       {"goexit", noOperand},
	Rep:          {"rep", count},
	Send:         {"send", aChan},
	Recv:         {"recv", aChan},
	Close:        {"close", aChan},
	TrySend:      {"trysend", aChan},
	TryRecv:      {"tryrecv", aChan},
	Select:       {"select", noOperand},
	Lock:         {"lock", aMutex},
	Unlock:       {"unlock", aMutex},
	RLock:        {"rlock", anRWMutex},
	RUnlock:      {"runlock", anRWMutex},
	WLock:        {"wlock", anRWMutex},
	WUnlock:      {"wunlock", anRWMutex},
	Add:          {"add", aWaitGroup},
	Done:         {"done", aWaitGroup},
	Wait:         {"wait", aWaitGroup},
	CondWait:     {"cwait", aCond},
	Signal:       {"csignal", aCond},
	Broadcast:    {"cbcast", aCond},
	Sleep:        {"sleep", aDuration},
	Reset:        {"reset", timerAndDuration},
	Stop:         {"stop", aTimer},
	CPU:          {"cpu", aDuration},
	Syscall:      {"syscall", aDuration},
	Net:          {"net", aDuration},
	LockThread:   {"lockthread", noOperand},
	UnlockThread: {"unlockthread", noOperand},
	Priority:     {"priority", number},
}

// String returns the name of the operation in the JSON form.
func (k Kind) String() string {
	switch {
	case int(k) < len(kinds):
		return kinds[k].name
	case k == Exit:
		return "exit"
	}
	return "unknown"
}

// kindNamed returns the operation with that name, and whether there is one.
func kindNamed(name string) (Kind, bool) {
	i := slices.IndexFunc(kinds[:], func(k struct {
		name string
		arg  operand
	},
	) bool {
		return k.name == name
	})
	return Kind(max(i, 0)), i >= 0
}

// kindNames returns the names of all operations.
func kindNames() []string {
	var names []string
	for _, k := range kinds {
		names = append(names, k.name)
	}
	return names
}
