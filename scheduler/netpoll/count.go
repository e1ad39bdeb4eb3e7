package netpoll

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"runtime/metrics"
)

// threads returns how many threads this process has, as the kernel counts them.
func threads() (int64, error) {
	tasks, err := os.ReadDir("/proc/self/task")
	if err != nil {
		return 0, fmt.Errorf("count threads: %w", err)
	}
	return int64(len(tasks)), nil
}

// The runtime's own counts of goroutines.
const (
	parked = "/sched/goroutines/waiting:goroutines"
	inCall = "/sched/goroutines/not-in-go:goroutines"
)

func count(metric string) int {
	sample := []metrics.Sample{{Name: metric}}
	metrics.Read(sample)
	return int(sample[0].Value.Uint64())
}

// hall is a place in which goroutines are about to wait.
type hall struct {
	metric string // counts those who have begun to
	want   int
}

// room returns the hall in which n more than now will be waiting.
func room(metric string, n int) hall { return hall{metric, count(metric) + n} }

// full returns when all are there.
func (h hall) full(ctx context.Context) error {
	for count(h.metric) < h.want {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		runtime.Gosched()
	}
	return nil
}
