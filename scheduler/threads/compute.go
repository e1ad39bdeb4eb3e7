package threads

import (
	"fmt"
	"math"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// compute lets n goroutines compute for d and returns how many cores this process used
// meanwhile: its processor time by the time that passed. On a busy machine it gets less
// than it could use, never more.
func compute(n int, d time.Duration) (cores float64, err error) {
	before, err := processorTime()
	if err != nil {
		return 0, err
	}
	start := time.Now()
	var wg sync.WaitGroup
	for range n {
		wg.Go(func() {
			for time.Since(start) < d {
			}
		})
	}
	wg.Wait()
	passed := time.Since(start)
	after, err := processorTime()
	return math.Round(1000*(after-before).Seconds()/passed.Seconds()) / 1000, err
}

// processorTime returns how long all threads of this process have run in all.
func processorTime() (time.Duration, error) {
	var usage unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &usage); err != nil {
		return 0, fmt.Errorf("read processor time: %w", err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano()), nil
}
