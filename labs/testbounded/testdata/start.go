package testbounded

import (
	"context"
	"sync/atomic"
	"time"
)

// Judge finds out whether run is a Runner; see Tester.
//
// This one sees whether all jobs were run, and nothing else. Keep what is right about it, and
// add the rest.
func Judge(t T, run Runner) {
	const n = 6
	var ended atomic.Int64
	var jobs []Job
	for range n {
		jobs = append(jobs, func(context.Context) {
			time.Sleep(time.Second)
			ended.Add(1)
		})
	}
	if err := run(context.Background(), 3, jobs); err != nil {
		t.Fatalf("the result is %v", err)
	}
	if ended.Load() != n {
		t.Fatalf("%d of %d jobs were run", ended.Load(), n)
	}
}
