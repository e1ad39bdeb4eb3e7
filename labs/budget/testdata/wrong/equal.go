package budget

import (
	"context"
	"errors"
	"time"
)

// Run divides once, at the beginning: what one call saves, nobody gets.
func Run(ctx context.Context, total, reserve time.Duration, calls []Call, answer Answer) (string, error) {
	whole, cancel := context.WithTimeout(ctx, total)
	defer cancel()
	deadline, _ := whole.Deadline() // that of ctx, if it is earlier

	share := (time.Until(deadline) - reserve) / time.Duration(max(1, len(calls)))
	var results []Result
	for _, call := range calls {
		if calledOff(ctx) {
			break
		}
		left := time.Until(deadline) - reserve
		results = append(results, within(ctx, min(share, left), call))
	}
	if calledOff(ctx) {
		return "", context.Cause(ctx)
	}
	return answer(whole, results)
}

// within makes a call that has so much time.
func within(ctx context.Context, share time.Duration, call Call) Result {
	if share <= 0 {
		return Result{Err: ErrNoTime}
	}
	ctx, cancel := context.WithTimeout(ctx, share)
	defer cancel()
	value, err := call(ctx)
	return Result{value, err}
}

// calledOff reports whether ctx has ended for another reason than that its time is over.
func calledOff(ctx context.Context) bool {
	return ctx.Err() != nil && !errors.Is(ctx.Err(), context.DeadlineExceeded)
}

// verdict: assert: what the calls before it have saved is lost
