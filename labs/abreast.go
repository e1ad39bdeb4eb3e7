package labs

import (
	"context"
	"runtime"
	"runtime/debug"
	"sync"

	"golang.org/x/sync/errgroup"
)

// abreast calls do for each of items, as many at a time as there are processors, and
// returns what came out in their order. told is called with each result as it comes, one
// call at a time.
//
// The error is the first of do, which ends the ctx of the others, or the cause of ctx; what
// has not begun by then never does. A panic of do is one of the caller's, after all have
// ended.
func abreast[Q, A any](ctx context.Context, items []Q, do func(context.Context, Q) (A, error), told func(A)) ([]A, error) {
	var mu sync.Mutex
	var crashed *crash
	results := make([]A, len(items))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i, item := range items {
		group.Go(func() (err error) {
			defer func() {
				if value := recover(); value != nil {
					c := crash{value, debug.Stack()}
					mu.Lock()
					defer mu.Unlock()
					crashed, err = &c, c
				}
			}()
			if ctx.Err() != nil {
				return context.Cause(ctx)
			}
			result, err := do(ctx, item)
			if ctx.Err() != nil {
				return context.Cause(ctx)
			}
			if err != nil {
				return err
			}
			mu.Lock()
			defer mu.Unlock()
			results[i] = result
			told(result)
			return nil
		})
	}
	err := group.Wait()
	if crashed != nil {
		panic(*crashed) // where the caller can do something about it
	}
	return results, err
}
