// Package trylock asks: how do two that hold what the other one wants get out of it again?
//
// Take two locks that others take in the other order, without a deadlock, and without giving way
// to each other for ever. Read trylock.go (what is given), then write Both in answer.go until the
// tests in trylock_test.go pass.
package trylock

import (
	"context"
	"time"
)

// Lock is a lock for which one need not wait for ever.
type Lock interface {
	// TryLock waits until it has the lock, and then returns true. It returns false if it does
	// not have it after d, or if ctx ends before, at once.
	TryLock(ctx context.Context, d time.Duration) bool
	// Unlock gives the lock back. Only who has it may call it.
	Unlock()
}

// Pause says how long to stay out of the way, another time each time it is asked, and to each caller
// something else.
type Pause func() time.Duration

// Locker is what Both must be. It does work while it holds the locks a and b. Nothing is known
// about their order: at the same time somebody may call it with b and a.
//
//  1. work is called once, in the calling goroutine, with both locks held. Then both are given
//     back, and the result is nil.
//  2. An attempt is to take a, and then, with a in hand, b. For each it waits for patience at
//     most, and if it gets both in time work begins at once.
//  3. If it does not get one of them, it gives back what it has, stays out of the way, without
//     any lock, for exactly as long as one call of pause says, and makes the next attempt. It
//     goes on like that for as long as it takes.
//  4. When ctx ends before work begins, the result is the cause of ctx, at once, wherever it
//     waits. If ctx had ended before the call, neither lock is touched. When ctx ends during
//     work, that changes nothing.
//  5. Whatever happens, Both gives back each lock as often as it has got it, before it returns,
//     and never one that it does not have. That goes for a panic of work, too, which passes
//     through unchanged.
type Locker func(ctx context.Context, a, b Lock, patience time.Duration, pause Pause, work func()) error

var _ Locker = Both
