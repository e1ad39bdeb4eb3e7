package pipeline

import "context"

// First leaves when it has enough, and leaves everybody else where he is: a sender whose
// receiver has gone waits for ever.
func First(ctx context.Context, n int, source Source, stages ...Stage) ([]int, error) {
	if n == 0 {
		return nil, nil
	}
	values := make(chan int)
	go func(out chan<- int) {
		defer close(out)
		for {
			value, ok := source(ctx)
			if !ok || ctx.Err() != nil {
				return
			}
			out <- value
		}
	}(values)
	for _, stage := range stages {
		in := values
		values = make(chan int)
		go func(out chan<- int) {
			defer close(out)
			for value := range in {
				if value = stage(ctx, value); ctx.Err() != nil {
					return
				}
				out <- value
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
