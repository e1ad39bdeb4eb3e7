// Package timeouts asks: what is left behind when somebody has waited long enough?
//
// Ask a question, wait for the answer for so long and no longer, and leave neither a
// goroutine nor a timer behind. Read timeouts.go (what is given), then write Ask in
// answer.go until the tests in timeouts_test.go pass.
package timeouts

import (
	"context"
	"errors"
	"time"
)

// ErrTimeout says that there was no answer in time.
var ErrTimeout = errors.New("no answer in time")

// Question is asked, and answered. It may take no notice of ctx, and does end some time. A
// good one ends soon after ctx has. It does not panic.
type Question func(ctx context.Context) (answer string, err error)

// Asker is what Ask must be. It waits for the answer to q for at most limit:
//
//  1. q is asked once, in a goroutine of its own, with a context derived from ctx: what ctx
//     carries q sees. If ctx has ended before the call, q need not be asked.
//  2. If q returns before limit has passed and ctx has ended, the result is what q returned:
//     that very error, at that moment.
//  3. If limit passes before that, the result is "" and ErrTimeout, at that moment: Ask
//     does not wait for q. The context of q ends in the same moment, and ErrTimeout is its
//     cause.
//  4. If ctx ends before that, be it by a deadline of its own, the result is "" and
//     context.Cause(ctx), at that moment. The context of q ends with it, and has the same
//     cause.
//  5. What q returns after its context has ended is no answer, even if Ask could still
//     see it: a question that gives up when it is told to does not take the place of
//     the reason why. Nor is it the answer to another call.
//  6. When Ask has returned, the context of q has ended, and nothing goes on but q, if it
//     takes no notice. When q returns, its goroutine ends too. No timer is left that keeps
//     memory until limit has passed.
//
// limit is more than 0, and may be years. Ask may be called many times, also at the same time.
type Asker func(ctx context.Context, limit time.Duration, q Question) (answer string, err error)

var _ Asker = Ask
