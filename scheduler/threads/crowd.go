package threads

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"runtime/metrics"
	"sync"

	"golang.org/x/sys/unix"
)

// threads returns how many threads this process has, as the kernel counts them.
func threads() (int64, error) {
	tasks, err := os.ReadDir("/proc/self/task")
	if err != nil {
		return 0, fmt.Errorf("count threads: %w", err)
	}
	return int64(len(tasks)), nil
}

// calling returns how many goroutines are in a system call.
func calling() int {
	sample := []metrics.Sample{{Name: "/sched/goroutines/not-in-go:goroutines"}}
	metrics.Read(sample)
	return int(sample[0].Value.Uint64())
}

// crowd blocks n goroutines in reads of an empty pipe, each of which calls about before.
// It calls look when all of them are blocked, lets them go, and returns when they are gone.
func crowd(ctx context.Context, n int, about, look func()) error {
	var fds [2]int
	if err := unix.Pipe(fds[:]); err != nil {
		return fmt.Errorf("make pipe: %w", err)
	}
	full := calling() + n
	var wg sync.WaitGroup
	for range n {
		wg.Go(func() {
			about()
			read(fds[0])
		})
	}
	for calling() < full && ctx.Err() == nil {
		runtime.Gosched()
	}
	look()
	unix.Close(fds[1]) // ends every read
	wg.Wait()
	unix.Close(fds[0])
	return context.Cause(ctx)
}

func read(fd int) {
	for {
		if _, err := unix.Read(fd, make([]byte, 1)); err != unix.EINTR {
			return
		}
	}
}
