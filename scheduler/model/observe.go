package model

// What says which thing the scheduler did.
type What uint8

// The things that the scheduler does, beside letting goroutines do theirs.
const (
	Start      What = iota // a thread begins to run G on P
	Preempt                // G must give way
	Steal                  // P takes N goroutines from P From, and runs G
	Overflow               // N goroutines move from P's ring to the global queue
	Retake                 // sysmon takes P from M, whose G is in a system call
	WakeThread             // M is woken, or made, and given P
	Idle                   // P has nothing to do; M leaves it
)

var whats = [...]string{"start", "preempt", "steal", "overflow", "retake", "wake", "idle"}

func (w What) String() string { return whats[w] }

// Observed is one thing that the scheduler did.
type Observed struct {
	At   int64 // ns on the virtual clock
	What What
	P, M int32
	G    uint32
	From int32 // P from which it stole
	N    int
	Seen int // how many events there were before
}

func (m *Machine) observe(o Observed) {
	if m.cfg.Observe == nil {
		return
	}
	o.At = m.now
	o.Seen = m.forgotten + len(m.log)
	m.cfg.Observe(o)
}
