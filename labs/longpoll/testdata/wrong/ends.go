package longpoll

import (
	"context"
	"errors"
	"time"
)

// Run takes every error of a context for the end of its own: a server that has lost patience
// with a server of its own ends it.
func Run(ctx context.Context, server Server, rules Rules, handle func(message string)) error {
	pause := rules.First
	for ctx.Err() == nil {
		asked := time.Now()
		messages, err := server.Ask(ctx, rules.Hold)
		held := time.Since(asked) >= rules.Hold
		for _, m := range messages {
			handle(m)
		}
		if len(messages) > 0 || err == nil && held {
			pause = rules.First
			continue
		}
		if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
			break
		}
		half := pause / 2
		wait(ctx, half+time.Duration(rules.Rand()*float64(pause-half)))
		pause = doubled(pause, rules.Most)
	}
	return context.Cause(ctx)
}

// doubled returns 2*d, but not more than most. It compares before it doubles: what has
// become too much for a Duration is less than nothing.
func doubled(d, most time.Duration) time.Duration {
	if d > most/2 {
		return most
	}
	return 2 * d
}

// wait waits for d, or for the end of ctx.
func wait(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

// verdict: assert: there is no other end
