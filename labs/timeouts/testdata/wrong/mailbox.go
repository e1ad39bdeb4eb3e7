package timeouts

import (
	"context"
	"time"
)

type reply struct {
	answer string
	err    error
}

var replies = make(chan reply, 1000)

// Ask keeps one channel for all calls: what comes too late is there for the next one.
func Ask(ctx context.Context, limit time.Duration, q Question) (answer string, err error) {
	ctx, cancel := context.WithTimeoutCause(ctx, limit, ErrTimeout)
	defer cancel() // stops its timer

	go func() {
		answer, err := q(ctx)
		replies <- reply{answer, err}
	}()

	select {
	case r := <-replies:
		if ctx.Err() == nil { // else select has tossed a coin
			return r.answer, r.err
		}
	case <-ctx.Done():
	}
	return "", context.Cause(ctx)
}

// verdict: assert: what came too late for the call before
