package restore

import (
	"context"
	"fmt"
	"time"

	"lab.example/gopark/ctxdemo/interrupt"
)

// loop is a way of writing one.
type loop struct {
	name string
	run  func(h *interrupt.Handle, j *job) error

	// What must come out.
	after, errors int
	caller, flag  string
}

// For after and errors, instead of a number.
const (
	toTheEnd = -1
	inEach   = -2
)

// loops are all of them. To try another one, write its function and add its line.
var loops = []loop{
	{"outside: the error leaves the loop and is returned", outside, 0, 1, anInterrupt, flagClear},
	{"outside: the error leaves the loop and is logged", outsideLogged, 0, 1, nothing, flagClear},
	{"outside: logged, and the flag is restored", outsideRestored, 0, 1, nothing, flagSet},

	{"inside: the error is logged; the loop looks at the flag", swallowed, toTheEnd, 1, nothing, flagClear},
	{"inside: logged, then IsInterrupted is called", lookedAt, toTheEnd, 1, nothing, flagClear},
	{"inside: logged, then an interrupt.Error is made", made, toTheEnd, 1, nothing, flagClear},
	{"inside: logged, then restored; the loop looks at the flag", restored, 0, 1, nothing, flagSet},
	{"inside: logged, then restored; the loop does not look", spinning, toTheEnd, inEach, nothing, flagSet},
	{"inside: kept, restored when the loop has ended", restoredLast, toTheEnd, 1, nothing, flagSet},
	{"inside: logged, then break", broken, 0, 1, nothing, flagClear},

	{"wrapped with %w, restored from that", wrapped, 0, 1, anInterrupt, flagSet},
	{"wrapped with %v, restored from that", flattened, 0, 1, anError, flagClear},

	{"a context instead: inside, logged; the loop does not look", contextSwallowed, toTheEnd, inEach, nothing, flagClear},
	{"a context instead: inside, logged; the loop looks at Err", contextLooked, 0, 1, nothing, flagClear},
}

// log is where errors go when nobody reads them.
func log(error) {}

func outside(h *interrupt.Handle, j *job) error {
	for j.more() {
		if err := j.pause(h); err != nil {
			return err
		}
	}
	return nil
}

func outsideLogged(h *interrupt.Handle, j *job) error {
	if err := outside(h, j); err != nil {
		log(err)
	}
	return nil
}

func outsideRestored(h *interrupt.Handle, j *job) error {
	if err := outside(h, j); err != nil {
		log(err)
		h.Restore(err)
	}
	return nil
}

func swallowed(h *interrupt.Handle, j *job) error {
	for j.more() && !h.IsInterrupted() {
		if err := j.pause(h); err != nil {
			log(err)
		}
	}
	return nil
}

// lookedAt does what is often recommended, and often copied.
func lookedAt(h *interrupt.Handle, j *job) error {
	for j.more() && !h.IsInterrupted() {
		if err := j.pause(h); err != nil {
			log(err)
			h.IsInterrupted() // restores the flag, says the note
		}
	}
	return nil
}

// made makes an error like that of an interrupt, which is not the same as an interrupt.
func made(h *interrupt.Handle, j *job) error {
	for j.more() && !h.IsInterrupted() {
		if err := j.pause(h); err != nil {
			log(&interrupt.Error{Op: "work", Cause: err})
		}
	}
	return nil
}

func restored(h *interrupt.Handle, j *job) error {
	for j.more() && !h.IsInterrupted() {
		if err := j.pause(h); err != nil {
			log(err)
			h.Restore(err)
		}
	}
	return nil
}

func spinning(h *interrupt.Handle, j *job) error {
	for j.more() {
		if err := j.pause(h); err != nil {
			log(err)
			h.Restore(err)
		}
	}
	return nil
}

// restoredLast is for work that must be finished: the caller sees the interrupt afterwards.
func restoredLast(h *interrupt.Handle, j *job) error {
	var kept error
	defer func() { h.Restore(kept) }()
	for j.more() {
		if err := j.pause(h); err != nil {
			kept = err
		}
	}
	return nil
}

func broken(h *interrupt.Handle, j *job) error {
	for j.more() {
		if err := j.pause(h); err != nil {
			log(err)
			break
		}
	}
	return nil
}

func wrapped(h *interrupt.Handle, j *job) error {
	err := fmt.Errorf("work: %w", outside(h, j))
	h.Restore(err)
	return err
}

// flattened differs in one letter.
func flattened(h *interrupt.Handle, j *job) error {
	err := fmt.Errorf("work: %v", outside(h, j))
	h.Restore(err)
	return err
}

func contextSwallowed(h *interrupt.Handle, j *job) error {
	ctx, cancel := h.Context(context.Background())
	defer cancel()
	defer h.Ack() // whoever wants to know asks ctx
	for j.more() {
		if err := j.pauseIn(sleepContext(ctx)); err != nil {
			log(err)
		}
	}
	return nil
}

func contextLooked(h *interrupt.Handle, j *job) error {
	ctx, cancel := h.Context(context.Background())
	defer cancel()
	defer h.Ack()
	for j.more() && ctx.Err() == nil {
		if err := j.pauseIn(sleepContext(ctx)); err != nil {
			log(err)
		}
	}
	return nil
}

// sleepContext returns a sleep that ends when ctx does.
func sleepContext(ctx context.Context) func(time.Duration) error {
	return func(d time.Duration) error {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-time.After(d):
			return nil
		}
	}
}
