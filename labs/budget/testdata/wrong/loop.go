package budget

import (
	"context"
	"errors"
	"time"
)

// Run defers in a loop: all contexts are there until the end.
func Run(ctx context.Context, total, reserve time.Duration, calls []Call, answer Answer) (string, error) {
	whole, cancel := context.WithTimeout(ctx, total)
	defer cancel()
	deadline, _ := whole.Deadline() // that of ctx, if it is earlier

	var results []Result
	for i, call := range calls {
		if calledOff(ctx) {
			break
		}
		left := time.Until(deadline) - reserve
		share := left / time.Duration(len(calls)-i)
		if share <= 0 {
			results = append(results, Result{Err: ErrNoTime})
			continue
		}
		within, cancel := context.WithTimeout(ctx, share)
		defer cancel()
		value, err := call(within)
		results = append(results, Result{value, err})
	}
	if calledOff(ctx) {
		return "", context.Cause(ctx)
	}
	return answer(whole, results)
}

// calledOff reports whether ctx has ended for another reason than that its time is over.
func calledOff(ctx context.Context) bool {
	return ctx.Err() != nil && !errors.Is(ctx.Err(), context.DeadlineExceeded)
}

// verdict: leak: its context had not ended when the next one began
