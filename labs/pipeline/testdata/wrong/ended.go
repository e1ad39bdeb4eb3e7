package pipeline

import (
	"context"
	"sync"
)

// First asks source, and not the context, why there are fewer values than were wanted. But a
// source that was stopped may say as well that there are no more: that means nothing.
func First(ctx context.Context, n int, source Source, stages ...Stage) ([]int, error) {
	if n == 0 {
		return nil, nil
	}
	inner, stop := context.WithCancel(ctx)
	var wg sync.WaitGroup
	defer wg.Wait()
	defer stop()
	start := func(produce func(send func(int) bool)) <-chan int {
		out := make(chan int)
		wg.Go(func() {
			defer close(out)
			produce(func(value int) bool {
				if inner.Err() != nil {
					return false
				}
				select {
				case out <- value:
					return true
				case <-inner.Done():
					return false
				}
			})
		})
		return out
	}
	ended := false // read when the last channel has been closed, after all the others
	values := start(func(send func(int) bool) {
		for {
			value, ok := source(inner)
			if !ok {
				ended = true
				return
			}
			if !send(value) {
				return
			}
		}
	})
	for _, stage := range stages {
		in := values
		values = start(func(send func(int) bool) {
			for value := range in {
				if !send(stage(inner, value)) {
					for range in {
					}
					return
				}
			}
		})
	}
	var got []int
	for value := range values {
		if got = append(got, value); len(got) == n {
			return got, nil
		}
	}
	if ended {
		return got, nil
	}
	return got, context.Cause(ctx)
}

// verdict: assert: but First returned nil
