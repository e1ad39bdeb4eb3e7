package pipeline

import "context"

// First returns the first n values that come out of a pipeline; see Taker.
//
// This one makes one value after the other, from the beginning to the end. Keep what is
// right about it, and change the rest.
func First(ctx context.Context, n int, source Source, stages ...Stage) ([]int, error) {
	var got []int
	for len(got) < n {
		value, ok := source(ctx)
		if !ok {
			break
		}
		for _, stage := range stages {
			value = stage(ctx, value)
		}
		if ctx.Err() != nil {
			return got, context.Cause(ctx)
		}
		got = append(got, value)
	}
	return got, nil
}
