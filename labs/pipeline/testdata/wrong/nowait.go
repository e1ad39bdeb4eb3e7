package pipeline

import "context"

// First tells the others to stop and does not wait until they have.
func First(ctx context.Context, n int, source Source, stages ...Stage) ([]int, error) {
	if n == 0 {
		return nil, nil
	}
	inner, stop := context.WithCancel(ctx)
	defer stop()
	send := func(out chan<- int, value int) bool {
		if inner.Err() != nil {
			return false
		}
		select {
		case out <- value:
			return true
		case <-inner.Done():
			return false
		}
	}
	values := make(chan int)
	go func(out chan<- int) {
		defer close(out)
		for {
			value, ok := source(inner)
			if !ok || !send(out, value) {
				return
			}
		}
	}(values)
	for _, stage := range stages {
		in := values
		values = make(chan int)
		go func(out chan<- int) {
			defer close(out)
			for value := range in {
				if !send(out, stage(inner, value)) {
					return
				}
			}
		}(values)
	}
	var got []int
	for value := range values {
		if got = append(got, value); len(got) == n {
			return got, nil
		}
	}
	return got, context.Cause(ctx)
}

// verdict: leak: First returned while
