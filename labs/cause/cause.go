// Package cause asks: why was it stopped, and who still knows when the error comes out at
// the top?
//
// Carry out a call that may be stopped for three reasons, and return an error that knows
// which one it was. Read cause.go (what is given), then write Do in answer.go until the
// tests in cause_test.go pass.
package cause

import (
	"context"
	"errors"
	"time"
)

// The reasons that Do has of its own.
var (
	ErrSlow = errors.New("took too long")
	ErrQuit = errors.New("server shuts down")
)

// Call is something that somebody else has written: it knows that contexts end, but has never
// heard of causes. When its ctx ends, it mostly returns ctx.Err(), or an error that wraps it;
// also some other error, or nil, if it was nearly through. It returns soon after ctx has
// ended, and does not panic.
type Call func(ctx context.Context) error

// Doer is what Do must be. It carries out one call:
//
//  1. It calls call, once, with a context derived from ctx: what ctx carries the call sees.
//     Do returns when call has returned, never before, and then at once.
//  2. That context ends for the first of three reasons, and the reason is its cause: ctx ends,
//     with whatever cause; quit is closed, which is ErrQuit; limit is over, which is
//     ErrSlow. If ctx has ended or quit is closed before, call is called all the same, and its
//     context has ended; if both, it is ctx that counts.
//  3. Whatever was limit's doing looks like it, for those who know no causes: then the
//     context's Err is context.DeadlineExceeded, and it has a deadline, which is limit from
//     now or that of ctx, if that is earlier.
//  4. If call returns nil, so does Do, whatever has happened to the context.
//  5. If call returns an error that is the end of its context, then so is that of Do, and it
//     also says why: for the result, errors.Is is true with the error that call returned,
//     and with the cause. An error is the end of the context if that has ended and errors.Is
//     is true with it and the context's Err.
//  6. Every other error of call is the result as it is: neither wrapped, nor with a cause that
//     it does not have.
//  7. When Do has returned, the context of the call has ended, and no goroutine that Do has
//     started is left, but for one that ends by itself at once.
//
// limit is more than zero. Nothing is ever sent to quit; it may be nil. Do may be called many
// times, also at the same time.
type Doer func(ctx context.Context, limit time.Duration, quit <-chan struct{}, call Call) error

var _ Doer = Do
