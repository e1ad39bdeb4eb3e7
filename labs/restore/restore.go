// Package restore asks: who has swallowed the interrupt, and how does anybody else learn of it?
//
// Send everything that there is, also if somebody interrupts, and let the caller see the
// interrupt all the same. Read restore.go (what is given), then write Drain in answer.go until
// the tests in restore_test.go pass.
package restore

import "time"

// Handle is the flag of one goroutine, as package lab.example/gopark/ctxdemo/interrupt makes them.
// Others may set it at any time; it stops nothing, but what blocks looks at it.
type Handle interface {
	// Sleep returns nil after d, or an error as soon as the flag is set: at once if it was before
	// the call. Then the flag has been cleared, and the error knows the cause.
	Sleep(d time.Duration) error
	// Check returns such an error at once, and clears the flag, if it is set, else nil. op says in the
	// error what was interrupted.
	Check(op string) error
	// IsInterrupted reports whether the flag is set, and leaves it as it is.
	IsInterrupted() bool
	// Interrupted reports whether the flag is set, and clears it.
	Interrupted() bool
	// Interrupt sets the flag, without a cause. A flag that is set remains as it is.
	Interrupt()
	// Restore sets the flag again, with the cause that err knows, if err is one of the errors
	// of Sleep and Check or wraps one. A flag that is set remains as it is, with its cause.
	Restore(err error)
}

// Send sends one item. It looks at the flag: if that is set when it begins, or while it
// is at work, it clears it and returns an error like that of Sleep. Then the item was not sent. There
// are no other errors.
type Send func(h Handle, item string) error

// Drainer is what Drain must be. It sends items, and cannot be stopped:
//
//  1. All items are sent, in their order, each exactly once: one whose Send was interrupted is
//     tried again, at once.
//  2. Between the return of one Send and the next item, it waits for pause. There is no wait
//     before the first item, and none after the last.
//  3. Whoever interrupts is in a hurry: from the first interrupt on, whether it comes during a wait or
//     during a Send, there is no waiting any more, and a wait ends at once. The same goes if
//     the flag is set before the call.
//  4. If there was an interrupt, before the call or during it, the flag is set when Drain
//     returns, with the cause of the first one. If there was none, it is not set.
//  5. It works in the calling goroutine.
//
// Drain may be called many times, also at the same time, each time with another handle.
type Drainer func(h Handle, pause time.Duration, items []string, send Send)

var _ Drainer = Drain
