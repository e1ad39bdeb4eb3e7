package model

import (
	"fmt"
	"time"
)

// Result is what a program did.
type Result struct {
	Ticks     uint32 // schedtick of P 0 at the last event, less Tick0
	Status    string // "all exited", "3 goroutines blocked forever" or "fatal error: ..."
	Decisions uint64 // how often a goroutine was chosen to run

	Events     int           // how many operations were finished
	Goroutines int           // how many were created, the root included
	Blocked    []Stuck       // those that were still waiting at the end
	Elapsed    time.Duration // on the virtual clock
	Stats      Stats

	log     []uint64
	program *Program
}

// Stats says how the work was shared out.
type Stats struct {
	Switches  uint64        // decisions for another goroutine than the one before on that P
	WaitSum   time.Duration // spent runnable, but not running, by all goroutines together
	WaitMax   time.Duration // the longest such wait
	Threads   int           // Ms, without sysmon
	Preempted uint64        // times a goroutine was made to give up its P
	Retaken   uint64        // times a P was taken from a system call
	Stolen    uint64        // goroutines that ran on another P than where they were put
	Overflows uint64        // times half of a ring moved to the global queue
	Polls     uint64        // goroutines taken from the global queue by the poll
	Ambiguous uint64        // selects that found more than one case ready, and drew lots
}

// Stuck is a goroutine that waits at the end of the run.
type Stuck struct {
	G      uint32
	PC     uint32
	Reason string // as a goroutine dump of the runtime has it: "chan receive", "sync.Mutex.Lock"
}

func (m *Machine) result() *Result {
	r := &Result{
		Ticks:      m.eventTick - m.tick0,
		Status:     "all exited",
		Decisions:  m.decisions,
		Goroutines: int(m.born),
		Events:     m.forgotten + len(m.log),
		Elapsed:    time.Duration(max(m.latest, m.now)),
		Stats:      m.stats,
	}
	m.trim()
	r.log, r.program = m.log, m.program
	r.Stats.Threads = len(m.ms)
	switch {
	case m.fatal != "":
		r.Status = m.fatal
	default:
		if r.Blocked = m.stuck(); len(r.Blocked) > 0 {
			r.Status = fmt.Sprintf("%d goroutines blocked forever", len(r.Blocked))
		}
	}
	return r
}
