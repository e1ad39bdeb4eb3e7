// Package shutdown asks: how does a server stop without cutting anybody off?
//
// Run a server until it is told to stop, let it finish what it has begun, and cut off what
// takes too long. Read shutdown.go (what is given), then write Run in answer.go until the
// tests in shutdown_test.go pass.
package shutdown

import (
	"context"
	"errors"
	"net/http"
	"time"
)

// ErrCut says that requests were still running when the time was up, and were cut off.
var ErrCut = errors.New("requests were cut off")

// Server is what can be served and stopped. Its methods behave as those of *http.Server do,
// and may be called at the same time.
type Server interface {
	// Serve accepts requests until the server is stopped, and then returns
	// http.ErrServerClosed: at once or a moment after Shutdown or Close is called, while
	// requests may still be running. If it cannot serve, it returns another error.
	Serve() error

	// Shutdown refuses new requests, and waits for those that are running. It returns nil
	// when none is left; if ctx ends before that, it gives up waiting and returns
	// ctx.Err(). The requests then go on.
	Shutdown(ctx context.Context) error

	// Close cuts off what is running.
	Close() error
}

var _ interface { // but for its listener, this is one
	Shutdown(ctx context.Context) error
	Close() error
} = (*http.Server)(nil)

// Runner is what Run must be. It serves until ctx ends:
//
//  1. Run calls Serve once. As long as ctx has not ended and Serve has not returned, Run
//     does nothing but wait. If Serve returns before ctx ends, the result is its error, at
//     once.
//  2. When ctx ends, Run calls Shutdown, at that moment. The requests have time to finish:
//     limit, counted from then on. The context of Shutdown carries the values of ctx and
//     ends when the time is up.
//  3. If all requests end in time, none of them is cut off, and the result is nil. It
//     comes at the moment when both Shutdown and Serve have returned, not before. That
//     Serve returned http.ErrServerClosed is no error then.
//  4. When the time is up, Run calls Close, which it does not do while requests may still
//     end in time, and the result is ErrCut, that very error, whatever Close returns. It comes
//     when Serve has returned, too.
//  5. If Shutdown returns an error and the time is not up, that very error is the result.
//  6. If ctx has ended before the call, the result is nil: at once if Serve is not called at all,
//     or as soon as it has returned.
//  7. When Run has returned, Serve and Shutdown have returned, the context of Shutdown has
//     ended, and no goroutine that Run started is left.
//
// limit is more than 0. Run may be called many times, also at the same time.
type Runner func(ctx context.Context, s Server, limit time.Duration) error

var _ Runner = Run
