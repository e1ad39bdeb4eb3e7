package flag

import (
	"context"
	"runtime"

	"lab.example/gopark/internal/stacks"
)

// awaitBlocked returns when the runtime says that a goroutine is blocked in the
// function, and what it waits for: see stacks.Blocked.
func awaitBlocked(ctx context.Context, function string) (wait string, err error) {
	for ctx.Err() == nil {
		if wait, ok := stacks.Blocked(stacks.Parse(stacks.All()), function); ok {
			return wait, nil
		}
		runtime.Gosched()
	}
	return "", context.Cause(ctx)
}
