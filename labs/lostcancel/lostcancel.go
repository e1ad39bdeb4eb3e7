// Package lostcancel asks: who calls the function that cancels a context, if that context
// must outlive the call that has made it?
//
// Open a session: dial with a time limit, and then keep the context for as long as the session
// lasts. Read lostcancel.go (what is given), then write Open in answer.go until the tests in
// lostcancel_test.go pass.
package lostcancel

import (
	"context"
	"errors"
	"time"
)

// ErrSlow is the cause of a context whose session could not be opened in time.
var ErrSlow = errors.New("dialling took too long")

// Dial connects, and is over soon after ctx has ended. If it returns nil, there is a
// connection, which lives as long as ctx: it is closed when ctx ends, and not before. If
// it returns an error, there is none. It may also return nil after ctx has ended.
type Dial func(ctx context.Context) error

// Session is a connection that somebody has opened. It is what Open returns.
type Session interface {
	// Context returns the context that was handed to dial.
	Context() context.Context
	// Close ends that context, and waits for nobody. It may be called again, and by many at
	// the same time.
	Close()
}

// Opener is what Open must be. It opens a session:
//
//  1. It calls dial, once (if ctx has ended before, it may do without), with a context that is
//     derived from ctx: what ctx carries it sees, and when ctx ends it ends too, with the same
//     cause. Open returns when dial has returned, never before, and then at once.
//  2. If dial has not returned when limit is over, the context ends, with the cause ErrSlow.
//     Then the result is ErrSlow and no session, whatever dial returns.
//  3. If ctx ends before dial has returned and before limit is over, the result is
//     context.Cause(ctx) and no session, whatever dial returns.
//  4. If dial returns an error in time, the result is that very error and no session. If it
//     returns nil in time, the result is a session and nil.
//  5. The context of a session lasts until somebody calls Close or ctx ends. The limit is for
//     dial, and has no say any more when that is over.
//  6. What Open or Close leaves behind is nothing: when Open has returned an error, or Close
//     has returned, the context has ended, ctx keeps nothing that was derived from it, and no
//     goroutine and no timer is left, which would keep ctx. While a session lasts, nobody is
//     at work for it.
//
// limit is more than zero. Open may be called many times, also at the same time.
type Opener func(ctx context.Context, limit time.Duration, dial Dial) (Session, error)

var _ Opener = Open
