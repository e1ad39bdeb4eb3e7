package pipeline

import (
	"context"
	"sync"
)

// kept is used again and again, so that there is less garbage.
var kept []int

// First returns what the next call writes into.
func First(ctx context.Context, n int, source Source, stages ...Stage) ([]int, error) {
	if n == 0 {
		return nil, nil
	}
	inner, stop := context.WithCancel(ctx)
	var wg sync.WaitGroup
	defer wg.Wait()
	defer stop() // before the wait

	// start runs produce in a goroutine whose values come out of a channel.
	start := func(produce func(send func(int) bool)) <-chan int {
		out := make(chan int)
		wg.Go(func() {
			defer close(out)
			produce(func(value int) bool {
				if inner.Err() != nil { // it has ended, and so has what the value means
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

	values := start(func(send func(int) bool) {
		for {
			value, ok := source(inner)
			if !ok || !send(value) {
				return
			}
		}
	})
	for _, stage := range stages {
		in := values
		values = start(func(send func(int) bool) {
			for value := range in {
				if inner.Err() != nil || !send(stage(inner, value)) {
					return
				}
			}
		})
	}

	got := kept[:0]
	defer func() { kept = got }()
	for value := range values {
		if got = append(got, value); len(got) == n {
			return got, nil
		}
	}
	if ctx.Err() != nil {
		return got, context.Cause(ctx)
	}
	return got, nil
}

// verdict: assert: calls of First disturb each other
