package inherit

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// pair starts two goroutines that count the turns they have, and returns what ends
// them.
type pair func(turns *atomic.Int64) (stop func())

// players hand a ball to each other. Whoever hands it over wakes the other one and
// then blocks.
func players(turns *atomic.Int64) (stop func()) {
	ping, pong := make(chan struct{}), make(chan struct{})
	var over atomic.Bool
	var wg sync.WaitGroup
	wg.Go(func() {
		defer close(ping)
		for !over.Load() {
			turns.Add(1)
			ping <- struct{}{}
			<-pong
		}
	})
	wg.Go(func() {
		for range ping {
			turns.Add(1)
			pong <- struct{}{}
		}
	})
	return func() {
		over.Store(true)
		wg.Wait()
	}
}

// yielders do nothing but let the others in.
func yielders(turns *atomic.Int64) (stop func()) {
	var over atomic.Bool
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			for !over.Load() {
				turns.Add(1)
				runtime.Gosched()
			}
		})
	}
	return func() {
		over.Store(true)
		wg.Wait()
	}
}
