package model

import (
	"fmt"
)

// Rules are the numbers and the choices of the scheduler. The zero value means Go's.
type Rules struct {
	Poll  uint32 // how often a P looks at the global queue first, in ticks; Go: 61
	Ring  uint32 // how many goroutines the ring of a P holds; Go: 256
	Batch uint32 // how many a P takes from the global queue at most; Go: 128

	Quirks Quirk  // departures from Go
	Queue  string // another discipline instead of Go's queues: see policy.go

	// What the hot paths look at.
	special bool // the way in is not Go's
	urgent  bool // waiters are served by priority
}

// Quirk is a departure from Go's rules. Some are designs that exist elsewhere; all of
// them are wrong as models of Go, and the tests must be able to tell.
type Quirk uint32

const (
	PollAfterRunnext  Quirk = 1 << iota // look at runnext before the periodical poll
	OverflowNewest                      // at overflow the newcomer goes before the older half
	CloseInOrder                        // close wakes the waiters oldest first
	BroadcastReversed                   // Cond.Broadcast wakes the newest first
	GoToTail                            // a new goroutine goes to the tail of the ring
	YieldToLocal                        // Gosched goes to the tail of the ring
	WakeToTail                          // a woken goroutine goes to the tail of the ring
	RunnextTicks                        // a goroutine from runnext begins a new time slice
	LoserToBack                         // one that lost the race for a mutex queues at the back
	GroupReversed                       // WaitGroup wakes the newest waiter first
	SendersFirst                        // close wakes senders before receivers
	HandOffMutex                        // Unlock always gives the mutex to the first waiter
	NoPoll                              // never look at the global queue before the own one
	NoRunnext                           // no slot in front of the ring
	NoSteal                             // a P never steals
	StealOne                            // a thief takes one goroutine, not half
	NoRetake                            // a system call keeps its P
	NoPreempt                           // nobody is preempted
	NoAsyncPreempt                      // computing is not interrupted
)

func (r Rules) withDefaults() Rules {
	if r.Poll == 0 {
		r.Poll = 61
	}
	if r.Ring == 0 {
		r.Ring = ring
	}
	if r.Batch == 0 {
		r.Batch = 128
	}
	r.special = r.Queue != "" || r.Quirks&(GoToTail|WakeToTail|NoRunnext) != 0
	r.urgent = r.Queue == "priority"
	return r
}

func (r Rules) validate() error {
	switch {
	case r.Poll < 1:
		return fmt.Errorf("rules: a poll every %d ticks is not possible", r.Poll)
	case r.Ring < 2 || r.Ring > ring:
		return fmt.Errorf("rules: a ring of %d: want 2 to %d", r.Ring, ring)
	case r.Batch < 1 || r.Batch > ring/2:
		return fmt.Errorf("rules: a batch of %d: want 1 to %d", r.Batch, ring/2)
	}
	if _, ok := disciplines[r.Queue]; !ok && r.Queue != "" {
		return fmt.Errorf("rules: there is no queue %q", r.Queue)
	}
	return nil
}
