package timeouts

import (
	"context"
	"time"
)

// Ask has an alarm set and does not stop it: it keeps the call in memory until it goes off.
func Ask(ctx context.Context, limit time.Duration, q Question) (answer string, err error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	time.AfterFunc(limit, func() { cancel(ErrTimeout) })

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

// verdict: leak: a timer that nobody stops
