package spinflag

import (
	"sync/atomic"

	"lab.example/gopark/ctxdemo/interrupt"
)

// site is where a worker works.
type site struct {
	stop  atomic.Bool   // what Java would have as a volatile boolean
	done  chan struct{} // the same as a channel, which is closed
	jobs  chan int
	steps atomic.Int64
	taken atomic.Int64 // jobs
	fired atomic.Bool  // ends a worker that does not stop, when all has been seen
}

// worker is a goroutine that is told to stop.
type worker struct {
	name string // for people
	work func(s *site, h *interrupt.Handle) error
	tell func(s *site, h *interrupt.Handle)
	at   string // the function in which it is blocked when it is told; "" if it computes

	// What must come out.
	blocked string // what it waits for, in the words of the runtime
	then    string // what it does when it was told; see header
	more    int    // jobs that it takes after it was told
	flag    string // of its handle, at the end

	drawn string // its name in the figure; "" if it is not in it
}

const (
	ends      = "ends"
	stays     = "stays blocked"
	goesOn    = "goes on"
	computing = "computes"
	flagClear = "clear"
	flagSet   = "set"
)

// workers are all of them. To try another one, write its function and add its line.
var workers = []worker{
	{"computes, looks at stop; stop is set", spin, setStop, "", computing, ends, 0, flagClear, "computing"},
	{"waits for jobs, looks at stop between them; stop is set", receive, setStop, "spinflag.receive", "chan receive", stays, 1, flagClear, "waiting"},
	{"waits for jobs or done; done is closed", receiveOrDone, closeDone, "spinflag.receiveOrDone", "select", ends, 0, flagClear, "selecting"},

	{"computes, never looks; interrupted", compute, interruptIt, "", computing, goesOn, 0, flagSet, ""},
	{"computes, looks at stop; interrupted", spin, interruptIt, "", computing, goesOn, 0, flagSet, ""},
	{"computes, looks at its interrupt flag; interrupted", poll, interruptIt, "", computing, ends, 0, flagClear, ""},
	{"waits for jobs, looks at its interrupt flag between them; interrupted", receivePolling, interruptIt, "spinflag.receivePolling", "chan receive", stays, 1, flagClear, ""},
	{"waits for jobs in Recv; interrupted", receiveInterruptibly, interruptIt, "interrupt.Recv", "select", ends, 0, flagClear, ""},
}

func setStop(s *site, _ *interrupt.Handle)     { s.stop.Store(true) }
func closeDone(s *site, _ *interrupt.Handle)   { close(s.done) }
func interruptIt(_ *site, h *interrupt.Handle) { h.Interrupt() }

func spin(s *site, _ *interrupt.Handle) error {
	for !s.stop.Load() && !s.fired.Load() {
		s.steps.Add(1)
	}
	return nil
}

func receive(s *site, _ *interrupt.Handle) error {
	for !s.stop.Load() {
		<-s.jobs
		s.taken.Add(1)
	}
	return nil
}

func receiveOrDone(s *site, _ *interrupt.Handle) error {
	for {
		select {
		case <-s.jobs:
			s.taken.Add(1)
		case <-s.done:
			return nil
		}
	}
}

func compute(s *site, _ *interrupt.Handle) error {
	for !s.fired.Load() {
		s.steps.Add(1)
	}
	return nil
}

func poll(s *site, h *interrupt.Handle) error {
	for {
		if err := h.Check("compute"); err != nil {
			return err
		}
		s.steps.Add(1)
	}
}

func receivePolling(s *site, h *interrupt.Handle) error {
	for {
		if err := h.Check("work"); err != nil {
			return err
		}
		<-s.jobs
		s.taken.Add(1)
	}
}

func receiveInterruptibly(s *site, h *interrupt.Handle) error {
	for {
		if _, _, err := interrupt.Recv(h, s.jobs); err != nil {
			return err
		}
		s.taken.Add(1)
	}
}
