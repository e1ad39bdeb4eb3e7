package budget

import (
	"context"
	"time"
)

// Run makes calls and an answer; see Runner.
//
// This one has one deadline for all, and whoever comes first takes what there is. Keep what
// is right about it, and change the rest.
func Run(ctx context.Context, total, reserve time.Duration, calls []Call, answer Answer) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, total)
	defer cancel()
	var results []Result
	for _, call := range calls {
		value, err := call(ctx)
		results = append(results, Result{value, err})
	}
	return answer(ctx, results)
}
