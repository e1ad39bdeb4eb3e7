package lostresult

import "context"

// All makes one call for each of ids; see Collector.
//
// This one makes the calls at the same time, and it knows how many there are. Keep what is
// right about it, and change the rest.
func All(ctx context.Context, ids []string, fetch Fetch) []Result {
	arrivals := make(chan Result)
	for _, id := range ids {
		go func() {
			value, err := fetch(ctx, id)
			arrivals <- Result{value, err}
		}()
	}
	var results []Result
	for range ids {
		results = append(results, <-arrivals)
	}
	return results
}
