package lostresult

import "context"

// All leaves when ctx ends, and does not look at what has already arrived.
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
	arrivals := make(chan arrival, len(ids)) // room for all: nobody waits for a reader that has left
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
			return
		}
	}
}

// verdict: assert: look once more at what has arrived
