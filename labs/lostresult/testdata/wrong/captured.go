package lostresult

import (
	"context"
	"sync"
)

// All has one index for all its goroutines.
func All(ctx context.Context, ids []string, fetch Fetch) []Result {
	results := make([]Result, len(ids))
	var wg sync.WaitGroup
	var i int
	var id string
	for i, id = range ids {
		mine := id
		wg.Go(func() {
			value, err := fetch(ctx, mine)
			results[i] = Result{value, err}
		})
	}
	wg.Wait()
	return results
}

// verdict: assert: there is neither a value nor an error at its index
