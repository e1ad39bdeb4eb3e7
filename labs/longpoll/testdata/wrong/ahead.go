package longpoll

import (
	"context"
	"time"
)

// Run has a goroutine handle the messages, and asks for the next ones meanwhile: whoever is
// slow is overrun after all.
func Run(ctx context.Context, server Server, rules Rules, handle func(message string)) error {
	received, handled := make(chan string, 10), make(chan struct{})
	go func() {
		defer close(handled)
		for m := range received {
			handle(m)
		}
	}()
	defer func() { close(received); <-handled }()
	pause := rules.First
	for ctx.Err() == nil {
		asked := time.Now()
		messages, err := server.Ask(ctx, rules.Hold)
		held := time.Since(asked) >= rules.Hold
		for _, m := range messages {
			received <- m
		}
		if len(messages) > 0 || err == nil && held {
			pause = rules.First
			continue
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

// verdict: assert: a question was asked while handle was at work
