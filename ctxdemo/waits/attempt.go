package waits

import (
	"context"
	"errors"

	"lab.example/gopark/ctxdemo/interrupt"
	"lab.example/gopark/ctxdemo/stage"
)

// ending is how an operation ended, and what the flag was then.
type ending struct{ outcome, flag string }

const (
	interrupted = "interrupted"
	returned    = "returns"
	stays       = "waits on, then returns"

	flagClear = "clear"
	flagSet   = "set"
)

// repeats is how often an operation is tried with the interrupt before it: one that leaves it
// to a select whether it sees the flag passes as one that looks in one of 2^20 runs.
const repeats = 20

// attempt has a goroutine carry out the operation, and interrupts it: while it waits for
// something that is not there, or before it asks for something that is.
func (c oneCase) attempt(ctx context.Context) (ending, error) {
	if c.when == while {
		return c.during(ctx)
	}
	first := c.early()
	for range repeats - 1 {
		if again := c.early(); again != first {
			return ending{first.outcome + " or " + again.outcome, first.flag + " or " + again.flag}, nil
		}
	}
	return first, nil
}

// early carries out the operation in a goroutine that was interrupted before.
func (c oneCase) early() ending {
	op, provide := c.prepare()
	if !c.absent {
		provide()
	}
	h := interrupt.Go("early", func(h *interrupt.Handle) error {
		h.Interrupt()
		return op(h)
	})
	<-h.Done()
	if c.absent {
		provide()
	}
	return endingOf(h, returned)
}

// during interrupts a goroutine that waits.
func (c oneCase) during(ctx context.Context) (ending, error) {
	op, provide := c.prepare()
	waiter := stage.Go("waiter", op)
	_, err := waiter.Blocked(ctx, c.at)
	waiter.Interrupt()
	fine := returned
	still, failed := waiter.StillBlocked(ctx)
	if still {
		fine = stays
	}
	provide()
	<-waiter.Done()
	return endingOf(waiter.Handle, fine), errors.Join(err, failed)
}

// endingOf reads off a goroutine that has ended how it did; fine is for one that got what it
// wanted.
func endingOf(h *interrupt.Handle, fine string) ending {
	e := ending{fine, flagClear}
	if h.IsInterrupted() {
		e.flag = flagSet
	}
	switch err := h.Err(); {
	case err == nil:
	case errors.Is(err, interrupt.ErrInterrupted) && fine == returned:
		e.outcome = interrupted
	default:
		e.outcome = err.Error()
	}
	return e
}
