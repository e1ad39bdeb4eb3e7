package probetest

import (
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

// Workers carries out jobs, at most n at the same time.
func Workers(n int, jobs ...func()) {
	var wg sync.WaitGroup
	free := make(chan struct{}, n)
	for _, job := range jobs {
		free <- struct{}{}
		wg.Go(func() {
			job() // at: workers
			<-free
		})
	}
	wg.Wait()
}

// Unbounded starts all jobs at once.
func Unbounded(jobs ...func()) {
	var wg sync.WaitGroup
	for _, job := range jobs {
		wg.Go(func() {
			job() // at: unbounded
		})
	}
	wg.Wait() // at: unbounded waits
}

// Forgetful does not wait for its two senders.
func Forgetful() {
	c := make(chan int)
	for range 2 {
		go func() {
			c <- 1 // at: forgetful
		}()
	}
}

// Delegates leaves a goroutine behind that runs given code only.
func Delegates() {
	go pump(make(chan int)) // at: delegates
}

// Enters leaves a goroutine behind that waits in given code.
func Enters() {
	go func() {
		pump(make(chan int)) // at: enters
	}()
}

// Starts leaves a goroutine behind that runs none of its code.
func Starts() {
	var mu sync.Mutex
	mu.Lock()
	go mu.Lock() // at: starts
}

// Relocks waits for a lock that it holds.
func Relocks() {
	var mu sync.Mutex
	mu.Lock()
	defer mu.Unlock()
	mu.Lock() // at: relocks
}

// Spins leaves a goroutine behind that never blocks, until stop is true.
func Spins(stop *atomic.Bool) {
	go func() {
		for !stop.Load() {
			runtime.Gosched() // at: spins
		}
	}()
}

// Late ends its goroutine only a moment after it has returned.
func Late() {
	go func() { time.Sleep(20 * time.Millisecond) }()
}

// A Shop sells what it has.
type Shop interface{ Sell() bool }

// Oversold checks and sells under a lock, but not under the same: no data race, and
// wrong.
type Oversold struct {
	mu      sync.Mutex
	Left    int
	Between func() // the seam
}

func (s *Oversold) Sell() bool {
	s.mu.Lock()
	enough := s.Left > 0
	s.mu.Unlock()
	s.Between() // at: oversold
	if enough {
		s.mu.Lock()
		s.Left--
		s.mu.Unlock()
	}
	return enough
}

// Locked is right, with any kind of lock.
type Locked struct {
	sync.Locker
	Left    int
	Between func()
}

func (s *Locked) Sell() bool {
	s.Lock()
	defer s.Unlock()
	enough := s.Left > 0
	s.Between()
	if enough {
		s.Left--
	}
	return enough
}

// Swapped is right without a lock: two may meet, and one of them tries again.
type Swapped struct {
	Left    atomic.Int64
	Between func()
}

func (s *Swapped) Sell() bool {
	for {
		left := s.Left.Load()
		s.Between()
		if left == 0 || s.Left.CompareAndSwap(left, left-1) {
			return left > 0
		}
	}
}

// SpinLock is a crude lock, and right.
type SpinLock struct{ taken atomic.Bool }

func (l *SpinLock) Lock() {
	for !l.taken.CompareAndSwap(false, true) {
		runtime.Gosched()
	}
}

func (l *SpinLock) Unlock() { l.taken.Store(false) }

// ChanLock is a lock made of a channel.
type ChanLock chan struct{}

func (l ChanLock) Lock()   { l <- struct{}{} }
func (l ChanLock) Unlock() { <-l }
