package longpoll

import (
	"context"
	"time"
)

// Run asks server until ctx ends; see Runner.
//
// This one asks once a second, whatever the answer was. Keep what is right about it, and
// change the rest.
func Run(ctx context.Context, server Server, rules Rules, handle func(message string)) error {
	for ctx.Err() == nil {
		messages, err := server.Ask(ctx, rules.Hold)
		if err == nil {
			for _, m := range messages {
				handle(m)
			}
		}
		time.Sleep(time.Second)
	}
	return context.Cause(ctx)
}
