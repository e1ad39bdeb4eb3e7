package longpoll

import (
	"context"
	"time"
)

// Run takes the smaller of two times, and the one that has grown too large is below zero.
func Run(ctx context.Context, server Server, rules Rules, handle func(message string)) error {
	n := 0
	for ctx.Err() == nil {
		asked := time.Now()
		messages, err := server.Ask(ctx, rules.Hold)
		held := time.Since(asked) >= rules.Hold
		for _, m := range messages {
			handle(m)
		}
		if len(messages) > 0 || err == nil && held {
			n = 0
			continue
		}
		pause := min(rules.First<<n, rules.Most)
		half := pause / 2
		wait(ctx, half+time.Duration(rules.Rand()*float64(pause-half)))
		n++
	}
	return context.Cause(ctx)
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

// verdict: assert: a Duration that is doubled too often overflows
