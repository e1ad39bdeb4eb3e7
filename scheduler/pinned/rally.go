package pinned

import (
	"fmt"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"
)

// rally lets two goroutines play a ball to each other: each wakes the other and waits to
// be woken. With locked, each of them is locked to a thread of its own.
func rally(turns int, locked bool) {
	there, back := make(chan struct{}), make(chan struct{})
	var wg sync.WaitGroup
	player := func(play func()) {
		wg.Go(func() {
			if locked {
				runtime.LockOSThread()
				defer runtime.UnlockOSThread()
			}
			play()
		})
	}
	player(func() {
		for range turns / 2 {
			there <- struct{}{}
			<-back
		}
	})
	player(func() {
		for range turns / 2 {
			<-there
			back <- struct{}{}
		}
	})
	wg.Wait()
}

// visits asks two locked goroutines again and again on which thread they are, and,
// while they are locked, some others. It returns how many threads each of the two was
// seen on, and how many threads it shared with one of the others.
func visits() (threads []int64, shared int64) {
	const looks, others = 50, 3
	var ready, met, locked sync.WaitGroup
	var over atomic.Bool
	homes := []map[int]bool{{}, {}}
	for _, home := range homes {
		ready.Add(1)
		locked.Go(func() {
			runtime.LockOSThread()
			defer runtime.UnlockOSThread()
			ready.Done()
			for !over.Load() {
				home[threadID()] = true
				runtime.Gosched()
			}
		})
	}
	ready.Wait()
	visitors := make([]map[int]bool, others)
	for i := range visitors {
		visitors[i] = make(map[int]bool)
		met.Go(func() {
			for range looks {
				visitors[i][threadID()] = true
				runtime.Gosched()
			}
		})
	}
	met.Wait()
	over.Store(true)
	locked.Wait()
	for _, home := range homes {
		threads = append(threads, int64(len(home)))
		for id := range home {
			if slices.ContainsFunc(visitors, func(seen map[int]bool) bool { return seen[id] }) {
				shared++
			}
		}
	}
	return threads, shared
}

type measurement struct {
	took   time.Duration
	sleeps int64 // how often a thread of this process gave up the processor to wait
}

func measure(f func()) (m measurement, err error) {
	before, err := sleeps()
	if err != nil {
		return m, err
	}
	start := time.Now()
	f()
	m.took = time.Since(start)
	after, err := sleeps()
	m.sleeps = after - before
	return m, err
}

func sleeps() (int64, error) {
	var usage unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &usage); err != nil {
		return 0, fmt.Errorf("count switches: %w", err)
	}
	return int64(usage.Nvcsw), nil
}
