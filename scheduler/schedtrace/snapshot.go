package schedtrace

import (
	"fmt"
	"strings"
	"time"
)

// Snapshot is what one round of GODEBUG=schedtrace=N prints (Go 1.26): the state of the
// scheduler, taken by sysmon while the program runs on. The parts are read one after the
// other, so they need not fit together exactly.
type Snapshot struct {
	At           time.Duration // since the first one; in whole milliseconds
	Procs        int           // GOMAXPROCS
	IdleProcs    int
	Threads      int
	Spinning     int // threads that look for work
	NeedSpinning int // 1: a thread that finds work must wake another one to look for more
	IdleThreads  int
	GlobalQueue  int   // goroutines
	LocalQueues  []int // goroutines in the ring of each P, without the one in runnext; nil if detailed
	SchedTicks   []int // of each P; nil if detailed
	*Detail            // with GODEBUG=scheddetail=1 as well, else nil
}

// Detail is what scheddetail=1 adds.
type Detail struct {
	GCWaiting  bool // a collection, or whoever else stops the world, waits for the Ps
	LockedIdle int  // threads that wait for the goroutine that is locked to them
	StopWait   int  // Ps that the stopping of the world still waits for
	SysmonWait bool // sysmon is in its deep sleep
	Ps         []P
	Ms         []M
	Gs         []G
}

// None is the number of what is not there: a thread without a P, a goroutine that no
// thread runs.
const None = -1

// P is one P of a detailed snapshot.
type P struct {
	ID          int
	Status      PStatus
	SchedTick   int
	SyscallTick int
	M           int // that has it, or None
	Queue       int // goroutines in its ring, without the one in runnext
	FreeGs      int // ended goroutines that are kept for reuse
	Timers      int
}

// M is one thread of a detailed snapshot.
type M struct {
	ID         int
	P          int // that it has, or None
	G          int // that it runs, or None
	Mallocing  int
	Throwing   int
	PreemptOff string // why its goroutine must not be preempted, or ""
	Locks      int
	Dying      int
	Spinning   bool
	Blocked    bool // asleep until another thread wakes it
	LockedG    int  // that called LockOSThread, or None
}

// G is one goroutine of a detailed snapshot.
type G struct {
	ID      int
	Status  GStatus
	Reason  string // why it waits, or last waited; or ""
	M       int    // that runs it, or None
	LockedM int    // that it is locked to, or None
}

// PStatus and GStatus are numbers of runtime/runtime2.go. String names them.
type (
	PStatus int
	GStatus int
)

func (s PStatus) String() string {
	return nameOf(int(s), "idle", "running", "", "stopped for GC", "dead")
}

// Scanning is added to a GStatus while the collector scans the stack.
const Scanning GStatus = 0x1000

func (s GStatus) String() string {
	name := nameOf(int(s&^Scanning), "idle", "runnable", "running", "in a system call", "waiting", "",
		"dead", "", "copying its stack", "preempted", "leaked", "dead, for threads of C")
	if s&Scanning != 0 {
		name += ", scanned"
	}
	return name
}

func nameOf(status int, names ...string) string {
	if status < 0 || status >= len(names) || names[status] == "" {
		return fmt.Sprintf("unknown status %d", status)
	}
	return names[status]
}

// String returns the lines as the runtime prints them, each with its newline.
func (s Snapshot) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "SCHED %dms: gomaxprocs=%d idleprocs=%d threads=%d spinningthreads=%d needspinning=%d idlethreads=%d runqueue=%d",
		s.At.Milliseconds(), s.Procs, s.IdleProcs, s.Threads, s.Spinning, s.NeedSpinning, s.IdleThreads, s.GlobalQueue)
	if s.Detail == nil {
		fmt.Fprintf(&b, " %s schedticks=%s\n", list(s.LocalQueues), list(s.SchedTicks))
		return b.String()
	}
	fmt.Fprintf(&b, " gcwaiting=%t nmidlelocked=%d stopwait=%d sysmonwait=%t\n", s.GCWaiting, s.LockedIdle, s.StopWait, s.SysmonWait)
	for _, p := range s.Ps {
		fmt.Fprintf(&b, "  P%d: status=%d schedtick=%d syscalltick=%d m=%s runqsize=%d gfreecnt=%d timerslen=%d\n",
			p.ID, int(p.Status), p.SchedTick, p.SyscallTick, number(p.M), p.Queue, p.FreeGs, p.Timers)
	}
	for _, m := range s.Ms {
		fmt.Fprintf(&b, "  M%d: p=%s curg=%s mallocing=%d throwing=%d preemptoff=%s locks=%d dying=%d spinning=%t blocked=%t lockedg=%s\n",
			m.ID, number(m.P), number(m.G), m.Mallocing, m.Throwing, m.PreemptOff, m.Locks, m.Dying, m.Spinning, m.Blocked, number(m.LockedG))
	}
	for _, g := range s.Gs {
		fmt.Fprintf(&b, "  G%d: status=%d(%s) m=%s lockedm=%s\n", g.ID, int(g.Status), g.Reason, number(g.M), number(g.LockedM))
	}
	return b.String()
}

func list(numbers []int) string {
	return "[ " + strings.Trim(fmt.Sprint(numbers), "[]") + " ]"
}

func number(n int) string {
	if n == None {
		return "nil"
	}
	return fmt.Sprint(n)
}
