package lostwakeup

import (
	"context"

	"lab.example/gopark/ctxdemo/interrupt"
)

// schedule is an order in which A is interrupted and one signal is sent.
type schedule struct {
	condition string
	make      func(m *interrupt.Mutex) condition
	name      string
	happen    func(ctx context.Context, s *scene) error
	drawn     string // ends the names of the two in the figure; "" if they are not in it

	// What must come out.
	a, flagA, b string
	returned    int
}

// What becomes of a goroutine.
const (
	signalled   = "signalled"
	interrupted = "interrupted"
	waitsOn     = "waits on"

	flagClear = "clear"
	flagSet   = "set"
)

const (
	naiveCondition = "a select on both"
	condCondition  = "Cond"
)

// schedules are all of them. To try another one, write its function and add its line.
var schedules = []schedule{
	{naiveCondition, newNaive, "A is interrupted, and signalled before it has left the list", interruptSignalLeave, "-naive", interrupted, flagClear, waitsOn, 0},
	{naiveCondition, newNaive, "A is interrupted and leaves, then the signal", interruptLeaveSignal, "", interrupted, flagClear, signalled, 1},
	{naiveCondition, newNaive, "the signal, then A is interrupted", signalInterrupt, "", signalled, flagSet, waitsOn, 1},
	{condCondition, newCond, "A is interrupted and leaves, then the signal", interruptLeaveSignal, "-first", interrupted, flagClear, signalled, 1},
	{condCondition, newCond, "the signal, then A is interrupted", signalInterrupt, "-second", signalled, flagSet, waitsOn, 1},
}

// interruptSignalLeave holds the lock of the list, so that A cannot get off it.
func interruptSignalLeave(ctx context.Context, s *scene) error {
	n := s.condition.(*naive)
	n.mu.Lock()
	defer n.mu.Unlock()
	s.interruptA()
	if _, err := s.a.Blocked(ctx, "lostwakeup.(*naive).leave"); err != nil {
		return err
	}
	n.signal()
	return nil
}

// interruptLeaveSignal holds the user's lock, so that A gets off the list and no further.
func interruptLeaveSignal(ctx context.Context, s *scene) error {
	s.m.Lock()
	defer s.m.Unlock()
	s.interruptA()
	if _, err := s.a.Blocked(ctx, "interrupt.(*Mutex).lock"); err != nil {
		return err
	}
	s.condition.Signal()
	return nil
}

// signalInterrupt holds the user's lock, so that A does not get away before it is interrupted.
func signalInterrupt(_ context.Context, s *scene) error {
	s.m.Lock()
	defer s.m.Unlock()
	s.condition.Signal()
	s.interruptA()
	return nil
}
