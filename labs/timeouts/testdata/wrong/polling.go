package timeouts

import (
	"context"
	"time"
)

// Ask looks every millisecond whether there is an answer.
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

	for ctx.Err() == nil {
		select {
		case r := <-replies:
			return r.answer, r.err
		default:
			time.Sleep(time.Millisecond)
		}
	}
	return "", context.Cause(ctx)
}

// verdict: assert: but Ask returned after
