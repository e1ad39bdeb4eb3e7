// Package supervise asks: who starts a worker again that has panicked, and for how long?
//
// Keep a worker running, start it again when it fails, and give up in good time, loudly.
// Read supervise.go (what is given), then write Keep in answer.go until the tests in
// supervise_test.go pass.
package supervise

import (
	"context"
	"fmt"
	"time"
)

// Worker works until it is done, and then returns nil. It may return an error and it may
// panic; it does not call runtime.Goexit. It may take a while to end after ctx has.
type Worker func(ctx context.Context) error

// Panic is the failure of a worker that panicked.
type Panic struct {
	Value any    // what recover returned
	Stack string // of the goroutine that panicked, with the function that did: see runtime/debug.Stack
}

func (p *Panic) Error() string { return fmt.Sprintf("panicked: %v", p.Value) }

// GaveUp says that a worker will not be started again.
type GaveUp struct {
	Runs int   // how often it was started
	Last error // its last failure
}

func (g *GaveUp) Error() string { return fmt.Sprintf("gave up after %d runs: %v", g.Runs, g.Last) }

func (g *GaveUp) Unwrap() error { return g.Last }

// Policy is what Keep is given beside the worker.
type Policy struct {
	Restarts int           // how often a worker that failed is started again, at most; 0 means never
	Pause    time.Duration // between a failure and the next start; may be 0

	// Failed is told of every failure, in order, before the pause. It is always set.
	Failed func(error)
}

// Keeper is what Keep must be. It runs work, and runs it again when it has failed:
//
//  1. work is handed ctx. There is never more than one run at a time.
//  2. If work returns nil, it is done, and Keep returns nil.
//  3. If it returns an error or panics, it has failed. The failure is what it returned,
//     that very error; or a *Panic, not wrapped. Every failure is handed to Failed, once,
//     also the last.
//  4. After a failure Keep waits for Pause, exactly, and runs work again. It does so
//     Restarts times in all. The next failure after those is the last: Keep returns a
//     *GaveUp at once, with the number of runs and that failure.
//  5. When ctx has ended, work is not started, neither for the first time nor again: Keep
//     returns context.Cause(ctx), in a pause at that very moment. If work is running, Keep
//     first waits until it has ended. Then it returns nil if work returned nil, and
//     context.Cause(ctx) if not. An error is no failure then, and whether Failed is told
//     of it is left to you. A panic is a failure at any time.
//  6. When Keep has returned, work is not running and no goroutine that Keep started is
//     left.
//
// Keep may be called many times, also at the same time.
type Keeper func(ctx context.Context, p Policy, work Worker) error

var _ Keeper = Keep
