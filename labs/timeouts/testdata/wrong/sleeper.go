package timeouts

import (
	"context"
	"time"
)

// Ask starts somebody who sleeps until the limit and then gives the alarm. He sleeps on
// when the answer is there.
func Ask(ctx context.Context, limit time.Duration, q Question) (answer string, err error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	go func() {
		time.Sleep(limit)
		cancel(ErrTimeout)
	}()

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
	return "", context.Cause(ctx)
}

// verdict: leak: in sleep
