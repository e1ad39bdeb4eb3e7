// Package budget asks: how do several calls share the time that there is for all of them?
//
// Make calls one after another under one deadline, so that none of them eats what the others
// need, and time is left for the answer. Read budget.go (what is given), then write Run in
// answer.go until the tests in budget_test.go pass.
package budget

import (
	"context"
	"errors"
	"time"
)

// ErrNoTime is the error of a call that was not made because no time was left for it.
var ErrNoTime = errors.New("no time left")

// Call is one question to somebody else. It mostly returns soon after its ctx has ended, but it may
// take longer. It does not panic.
type Call func(ctx context.Context) (string, error)

// Result is what became of a call: what it returned, or why it was not made.
type Result struct {
	Value string
	Err   error
}

// Answer makes something out of the results of the calls.
type Answer func(ctx context.Context, results []Result) (string, error)

// Runner is what Run must be. It makes the calls, and then the answer:
//
//  1. There is one deadline for everything: total from now, or that of ctx if that is earlier. The
//     time for the calls is over reserve before it; the rest is kept for the answer.
//  2. The calls are made one after another, in their order, each at once when the one before it has
//     returned, whether with an error or without.
//  3. Each call gets its share: what is left of the time for the calls when it begins, divided
//     by the number of calls that have not been made, itself included, and rounded down to the
//     nanosecond. So what one has saved all that follow have, and the last gets everything that is
//     left. A call that took longer than its share takes it away from those.
//  4. A call is handed a context derived from ctx, whose deadline is the end of its share. It
//     has ended when the next call begins, or the answer.
//  5. If that share is not more than zero, the call is not made, and its error is ErrNoTime. Otherwise
//     it is made once, whatever it returns.
//  6. When all calls have been made, or not, answer is called, with one Result for each call, in their
//     order, and a context derived from ctx, which has the one deadline; even if that is over.
//     What it returns is the result, whatever has become of ctx meanwhile. Its context has ended
//     when Run has returned.
//  7. If ctx is cancelled before its deadline, then no further call is made, and answer is not
//     called if it has not been: the result is "" and context.Cause(ctx). The call that is
//     being made is waited for.
//  8. Nobody is waited for but the calls and the answer, and no goroutine is left.
//
// total is more than zero, and reserve is less than total, and not negative. Run may be called many
// times, also at the same time.
type Runner func(ctx context.Context, total, reserve time.Duration, calls []Call, answer Answer) (string, error)

var _ Runner = Run
