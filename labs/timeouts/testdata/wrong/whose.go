package timeouts

import (
	"context"
	"time"
)

// Ask takes every deadline for its own, also that of its caller.
func Ask(ctx context.Context, limit time.Duration, q Question) (answer string, err error) {
	ctx, cancel := context.WithTimeoutCause(ctx, limit, ErrTimeout)
	defer cancel() // stops its timer

	type reply struct {
		answer string
		err    error
	}
	replies := make(chan reply, 1) // room: q may come to its end when nobody is here any more
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
	if ctx.Err() == context.DeadlineExceeded {
		return "", ErrTimeout
	}
	return "", context.Cause(ctx)
}

// verdict: assert: had a deadline of its own
