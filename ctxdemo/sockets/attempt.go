package sockets

import (
	"context"
	"errors"
	"io/fs"
	"net"

	"lab.example/gopark/ctxdemo/interrupt"
	"lab.example/gopark/ctxdemo/stage"
)

// attempt has a goroutine carry out the operation, and interrupts it. If that does not end the
// operation, Close does, called by somebody else.
func (c oneCase) attempt(ctx context.Context) (e ending, err error) {
	m, err := c.thing.make()
	if err != nil {
		return e, err
	}
	defer m.end()
	if c.when == before {
		if err := m.supply(); err != nil {
			return e, err
		}
	}
	worker := stage.Go("worker", func(h *interrupt.Handle) error {
		if c.when == before {
			h.Interrupt()
		}
		return m.operate(h, c.mode)
	})
	shut := false
	if c.when == while {
		_, err = worker.Blocked(ctx, c.thing.at)
		worker.Interrupt()
		still, failed := worker.StillBlocked(ctx)
		if err = errors.Join(err, failed); still || err != nil {
			shut = true
			err = errors.Join(err, m.close())
		}
	}
	<-worker.Done()
	e.outcome = outcome(worker.Err(), shut)
	e.flag = flagClear
	if worker.IsInterrupted() {
		e.flag = flagSet
	}
	e.after = afterwards(m.after())
	return e, err
}

// outcome names how the operation ended; shut says that Close was called.
func outcome(err error, shut bool) string {
	switch {
	case err == nil:
		return returned
	case errors.Is(err, interrupt.ErrUncuttable):
		return refused
	case errors.Is(err, interrupt.ErrClosedByInterrupt):
		return closedBy
	case errors.Is(err, interrupt.ErrInterrupted):
		return interrupts
	case isClosed(err) && shut:
		return untilClose
	}
	return err.Error()
}

func afterwards(err error) string {
	switch {
	case err == nil:
		return works
	case isClosed(err):
		return closed
	}
	return err.Error()
}

func isClosed(err error) bool { return errors.Is(err, net.ErrClosed) || errors.Is(err, fs.ErrClosed) }
