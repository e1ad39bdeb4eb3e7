package timeouts

import (
	"context"
	"time"
)

var asked, late int

// Ask counts the questions, and those that came to their end too late, where nothing
// orders them. Nobody reads the numbers, so no test can see it: only the race detector does.
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
		asked++
		if ctx.Err() != nil {
			late++
		}
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

// verdict: race: nothing orders them
