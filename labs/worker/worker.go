// Package worker asks: how does a worker end when it is interrupted, and what does it leave behind?
//
// Work through a queue until it is empty or somebody interrupts, and leave a clean bench, no item
// in nobody's hands, and no interrupt that is lost. Read worker.go (what is given), then write Work in
// answer.go until the tests in worker_test.go pass.
package worker

import "errors"

// ErrInterrupted is wrapped by the errors of calls that were interrupted. They know the cause as well.
var ErrInterrupted = errors.New("interrupted")

// Handle is the flag of one goroutine. Others may set it at any time; it stops nothing, but what
// blocks looks at it.
type Handle interface {
	// Check returns an error that wraps ErrInterrupted, and clears the flag, if it is set, else nil. op
	// says in the error what was interrupted.
	Check(op string) error
	// IsInterrupted reports whether the flag is set, and leaves it as it is.
	IsInterrupted() bool
	// Interrupted reports whether the flag is set, and clears it.
	Interrupted() bool
	// Restore sets the flag again, with the cause that err knows, if err is an interrupt or
	// wraps one, else it does nothing. A flag that is set remains as it is, with its cause.
	Restore(err error)
}

// Shop is where the work is done. Calls that take a Handle may block. If the flag is set while
// they do, or was set before they began to, they clear it and return an error that wraps
// ErrInterrupted.
type Shop interface {
	// Next takes an item out of the queue and waits until there is one. It returns io.EOF if
	// there will never be one again. It does not look at the flag if it need not wait. Other
	// errors are interrupts.
	Next(h Handle) (item string, err error)
	// Do works on item. It may fail, also for reasons of its own, or not look at the flag for
	// as long as it takes. If it returns an error the item is not done.
	Do(h Handle, item string) error
	// PutBack puts an item that was taken, and is not done, back into the queue. It does not block.
	PutBack(item string)
	// Clean cleans the bench. If it was interrupted the bench is not clean. There are no other errors.
	Clean(h Handle) error
}

// Worker is what Work must be. It works in the calling goroutine:
//
//  1. It takes one item after another and does it, until there will be none any more. Then the
//     error is nil.
//  2. If it is interrupted, it ends: it begins no other item, from the moment on at which the
//     flag is set, whether a call returns an error or nobody has looked. An item that is done
//     by then is done.
//  3. If Do returns an error, of whatever kind, it ends too, and the error is that one or wraps it.
//  4. An item that was taken and is not done is put back, once.
//  5. In the end, however it comes to it, the bench is cleaned, once. If Clean is interrupted
//     it is called again, until it is through; an interrupt that came before is no reason to
//     interrupt it.
//  6. done is how many items are done.
//  7. No interrupt is lost, and none is reported twice. Either err wraps ErrInterrupted and the
//     flag is not set when Work returns: then err has the cause of the first interrupt. Or err
//     is nil or an error of Do's own: then the flag is set if there was an interrupt, with the
//     cause of the first, and else it is not.
type Worker func(h Handle, shop Shop) (done int, err error)

var _ Worker = Work
