package timeouts

import (
	"context"
	"time"
)

// Ask leaves somebody behind who takes what comes too late.
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
		go func() { <-replies }()
	}
	return "", context.Cause(ctx)
}

// verdict: leak: more goroutines go on
