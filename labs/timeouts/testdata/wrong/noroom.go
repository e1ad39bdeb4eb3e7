package timeouts

import (
	"context"
	"time"
)

// Ask has a channel without room: who comes too late waits for ever.
func Ask(ctx context.Context, limit time.Duration, q Question) (answer string, err error) {
	ctx, cancel := context.WithTimeoutCause(ctx, limit, ErrTimeout)
	defer cancel() // stops its timer

	type reply struct {
		answer string
		err    error
	}
	replies := make(chan reply)
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

// verdict: leak: in chan send
