package lostresult

import (
	"context"
	"sync"
)

// All waits, whatever happens to ctx.
func All(ctx context.Context, ids []string, fetch Fetch) []Result {
	results := make([]Result, len(ids))
	if ctx.Err() != nil {
		for i := range results {
			results[i].Err = context.Cause(ctx)
		}
		return results
	}
	var wg sync.WaitGroup
	for i, id := range ids {
		wg.Go(func() { results[i].Value, results[i].Err = fetch(ctx, id) })
	}
	wg.Wait()
	return results
}

// verdict: assert: All waited for all calls
