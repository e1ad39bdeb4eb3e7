package lostresult

import "context"

// All has room for as many late results as anybody has ever tried.
func All(ctx context.Context, ids []string, fetch Fetch) []Result {
	results := make([]Result, len(ids)) // only this goroutine writes to it
	missing := make(map[int]bool, len(ids))
	for i := range ids {
		missing[i] = true
	}
	if ctx.Err() == nil {
		collect(ctx, ids, fetch, func(i int, r Result) {
			results[i] = r
			delete(missing, i)
		})
	}
	for i := range missing {
		results[i].Err = context.Cause(ctx)
	}
	return results
}

// collect makes the calls and hands over what they return, until it has all or ctx ends.
func collect(ctx context.Context, ids []string, fetch Fetch, found func(int, Result)) {
	type arrival struct {
		i int
		Result
	}
	arrivals := make(chan arrival, 1000)
	for i, id := range ids {
		go func() {
			value, err := fetch(ctx, id)
			arrivals <- arrival{i, Result{value, err}}
		}()
	}
	for range ids {
		select {
		case a := <-arrivals:
			found(a.i, a.Result)
		case <-ctx.Done():
			for len(arrivals) > 0 { // they came before the end, or with it
				a := <-arrivals
				found(a.i, a.Result)
			}
			return
		}
	}
}

// verdict: leak: goroutines still blocked
