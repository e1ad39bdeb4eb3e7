package timeouts

import (
	"context"
	"time"
)

// Ask waits for the answer and the clock, and forgets the context that it was given.
func Ask(ctx context.Context, limit time.Duration, q Question) (answer string, err error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)

	type reply struct {
		answer string
		err    error
	}
	replies := make(chan reply, 1) // room: q may come to its end when nobody is here any more
	go func() {
		answer, err := q(ctx)
		replies <- reply{answer, err}
	}()

	timer := time.NewTimer(limit)
	defer timer.Stop()
	select {
	case r := <-replies:
		if ctx.Err() == nil { // else select has tossed a coin
			return r.answer, r.err
		}
	case <-timer.C:
	}
	cancel(ErrTimeout)
	return "", ErrTimeout
}

// verdict: assert: Ask took no notice
