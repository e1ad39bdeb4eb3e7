package lostresult

import (
	"context"
	"sync"
)

// All lets every call write to what the caller gets, also when nobody waits for it any more.
func All(ctx context.Context, ids []string, fetch Fetch) []Result {
	results := make([]Result, len(ids))
	for i := range results {
		results[i].Err = context.Cause(ctx)
	}
	if ctx.Err() != nil {
		return results
	}
	var mu sync.Mutex
	back := make([]bool, len(ids))
	var wg sync.WaitGroup
	for i, id := range ids {
		wg.Go(func() {
			value, err := fetch(ctx, id)
			mu.Lock()
			defer mu.Unlock()
			results[i], back[i] = Result{value, err}, true
		})
	}
	all := make(chan struct{})
	go func() {
		wg.Wait()
		close(all)
	}()
	select {
	case <-all:
	case <-ctx.Done():
		mu.Lock()
		defer mu.Unlock()
		for i := range results {
			if !back[i] {
				results[i].Err = context.Cause(ctx)
			}
		}
	}
	return results
}

// verdict: assert: All had returned, and its results were changed afterwards
