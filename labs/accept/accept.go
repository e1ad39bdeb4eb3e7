// Package accept asks: how does one stop a server that waits for the next caller?
//
// Accept connections, serve them, and end when ctx does: although Accept knows nothing of ctx,
// and although some of those who have called do not hang up. Read accept.go (what is given), then write
// Serve in answer.go until the tests in accept_test.go pass.
package accept

import (
	"context"
	"errors"
	"net"
	"time"
)

// Listener is where callers come in.
type Listener interface {
	// Accept waits for the next connection. It does not know of any context. When the listener
	// has been closed, it returns an error, also if it was waiting.
	Accept() (net.Conn, error)
	// Close may be called at any time, but only once.
	Close() error
}

// ErrTemporary is wrapped by errors of Accept that will pass: there are too many open files,
// for example, or a caller has hung up before he was accepted.
var ErrTemporary = errors.New("resource temporarily unavailable")

// Handler serves one connection until its peer has finished, or until it cannot read or write
// any more because the connection was closed. It does not close the connection, and does not
// panic. It may need some time to end.
type Handler func(conn net.Conn)

// Server is what Serve must be:
//
//  1. It accepts connections, and calls handle for each at once, in a goroutine of its own:
//     nobody waits for another one.
//  2. After an error of Accept that wraps ErrTemporary it waits for exactly pause, and accepts again.
//  3. When ctx ends, Serve stops at once to accept, also while it waits in Accept or for the
//     end of a pause. A connection that Accept returns after that is closed, and is not
//     handled. The result is the cause of ctx.
//  4. After any other error of Accept it stops to accept as well, and the result is that error.
//  5. When it has stopped to accept, those who are being served may finish. After exactly limit
//     the connections of those who have not are closed.
//  6. Serve returns as soon as all calls of handle have returned, and not before.
//  7. In the end, however it comes to it, the listener has been closed exactly once, and so has
//     every connection that was accepted: when its handle has returned, or before that by point
//     5, not both.
//  8. When Serve has returned, no goroutine that it started is left.
type Server func(ctx context.Context, l Listener, handle Handler, pause, limit time.Duration) error

var _ Server = Serve
