package semaphore

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"lab.example/gopark/labs/probe"
)

// Nearly all tests run in bubbles, in which an hour passes in no time: durations are
// exact, and the first message that you see says what is wrong with the semaphore.

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// tick is no round number: whoever sleeps where he should wait is late.
const tick = time.Second + 7*time.Nanosecond

// acquire takes a place that is there.
func acquire(t *testing.T, s Semaphore) {
	t.Helper()
	if err := s.Acquire(t.Context()); err != nil {
		t.Fatalf("Acquire returned the error %q: want nil, for the context has not ended", err)
	}
}

// panics returns what f panics with, or nil.
func panics(f func()) (p any) {
	defer func() { p = recover() }()
	f()
	return nil
}

func TestTryAcquire(t *testing.T) {
	for _, places := range []int{1, 2, 10} {
		probe.Bubble(t, func(t *testing.T) {
			s := New(places)
			for i := range places {
				if !s.TryAcquire() {
					t.Fatalf("too few places: of %d, %d were taken, and TryAcquire returned false", places, i)
				}
			}
			start := time.Now()
			free := make(chan struct{})
			stop := time.AfterFunc(time.Hour, func() { s.Release(); close(free) }) // for one that waits
			got := s.TryAcquire()
			switch {
			case time.Since(start) > 0:
				t.Fatal("TryAcquire waited: want an answer at once")
			case got:
				t.Fatalf("too many places: all %d were taken, and TryAcquire returned true", places)
			}
			stop.Stop()
			s.Release()
			if !s.TryAcquire() {
				t.Fatal("a place was given back, and TryAcquire returned false")
			}
		})
	}
}

func TestReleaseWithoutAPlace(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		s := New(2)
		var p any
		done := make(chan struct{})
		go func() {
			defer close(done)
			p = panics(s.Release)
		}()
		synctest.Wait()
		select {
		case <-done:
		default:
			go s.TryAcquire() // lets it go on
			t.Fatal("Release waited: no place was taken, and want a panic")
		}
		if p == nil {
			t.Fatal("no place was taken, and Release did not panic: somebody has given back what he did not have")
		}
		if s.TryAcquire(); panics(s.Release) != nil || panics(s.Release) == nil {
			t.Fatal("a place was taken and given back twice: want a panic the second time only")
		}
	})
}

// Each of thirty works for a second inside.
func TestAtTheSameTime(t *testing.T) {
	for _, places := range []int{1, 3, 10} {
		probe.Bubble(t, func(t *testing.T) {
			s := New(places)
			var inside, most atomic.Int32
			var failed atomic.Pointer[error]
			var all sync.WaitGroup
			start := time.Now()
			for range 30 {
				all.Go(func() {
					if err := s.Acquire(t.Context()); err != nil {
						failed.Store(&err)
						return
					}
					n := inside.Add(1)
					for m := most.Load(); n > m && !most.CompareAndSwap(m, n); m = most.Load() {
					}
					time.Sleep(tick)
					inside.Add(-1)
					s.Release()
				})
			}
			all.Wait()
			want := time.Duration(30/places) * tick
			switch took := time.Since(start); {
			case failed.Load() != nil:
				t.Fatalf("Acquire did not wait: it returned the error %q, and its context had not ended", *failed.Load())
			case most.Load() > int32(places):
				t.Fatalf("too many at the same time: %d were inside at once, with %d places", most.Load(), places)
			case most.Load() < int32(places):
				t.Fatalf("too few at the same time: never more than %d were inside at once, with %d places", most.Load(), places)
			case took > want && took-want < tick/2:
				t.Fatalf("30 stays of %v took %v with %d places, want %v: Acquire looks from time to time where it should wait", tick, took, places, want)
			case took != want:
				t.Fatalf("30 stays of %v took %v with %d places, want %v", tick, took, places, want)
			}
		})
	}
}

func TestFirstComeFirstServed(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		s := New(1)
		acquire(t, s)
		var mu sync.Mutex
		var order []int
		var all sync.WaitGroup
		for i := range 8 {
			all.Go(func() {
				if s.Acquire(t.Context()) == nil {
					mu.Lock()
					order = append(order, i)
					mu.Unlock()
					time.Sleep(tick)
					s.Release()
				}
			})
			synctest.Wait() // it waits
		}
		s.Release()
		all.Wait()
		if len(order) != 8 || !slices.IsSorted(order) {
			t.Fatalf("not in the order in which they came: those who waited got their places as %v", order)
		}
	})
}

func TestContextEnds(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		closing := errors.New("closing time")
		s := New(1)
		acquire(t, s)
		ctx, end := context.WithCancelCause(t.Context())
		time.AfterFunc(3*tick, func() { end(closing) })
		release := time.AfterFunc(time.Hour, s.Release)
		start := time.Now()
		err := s.Acquire(ctx)
		took := time.Since(start)
		switch {
		case took == time.Hour:
			t.Fatalf("the context ended after %v, but Acquire took no notice: it waited for a place for an hour", 3*tick)
		case took != 3*tick:
			t.Fatalf("the context ended after %v, but Acquire returned after %v", 3*tick, took)
		case err == nil:
			t.Fatal("the context ended and the only place was taken, but Acquire returned nil")
		case err == ctx.Err():
			t.Fatalf("the cause is lost: Acquire returned %q, want what context.Cause says, %q", err, closing)
		case err != closing:
			t.Fatalf("Acquire returned the error %q: want what context.Cause says, %q", err, closing)
		}
		release.Stop()
		s.Release()
		synctest.Wait()
		if !s.TryAcquire() {
			t.Fatal("a place is lost: somebody gave up waiting for it, and got it when it was given back")
		}
	})
}

// One of those who wait gives up. The others must get every place, in their order.
func TestOneGivesUp(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		s := New(1)
		acquire(t, s)
		var mu sync.Mutex
		var order []int
		for i := range 3 {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			if i == 0 {
				time.AfterFunc(tick, cancel)
			}
			go func() {
				if s.Acquire(ctx) == nil {
					mu.Lock()
					defer mu.Unlock()
					order = append(order, i)
				}
			}()
			synctest.Wait()
		}
		time.Sleep(2 * tick) // the first of them has given up
		for want := 1; want <= 2; want++ {
			s.Release()
			synctest.Wait()
			mu.Lock()
			n := len(order)
			mu.Unlock()
			if n != want {
				t.Fatalf("a place was given back %d times, and %d of those who waited have one: one had given up, and nothing may be kept for him", want, n)
			}
		}
		if !slices.IsSorted(order) {
			t.Fatalf("not in the order in which they came: those who waited got their places as %v", order)
		}
	})
}

func TestContextHasEnded(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		ctx, end := context.WithCancel(t.Context())
		end()
		s := New(200)
		for range 100 {
			if err := s.Acquire(ctx); err != context.Canceled {
				t.Fatalf("the context had ended before the call, and Acquire returned %v: want %q, also if there are places", err, context.Canceled)
			}
		}
		synctest.Wait()
		for i := range 200 {
			if !s.TryAcquire() {
				t.Fatalf("a place is lost: Acquire returned an error 100 times, and of 200 places %d are left", i)
			}
		}
	})
}

// Somebody else may give back what I have taken.
func TestAnybodyReleases(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		s := New(1)
		acquire(t, s)
		go func() {
			time.Sleep(tick)
			s.Release()
		}()
		start := time.Now()
		acquire(t, s)
		if took := time.Since(start); took != tick {
			t.Fatalf("a place was given back after %v, but Acquire returned after %v", tick, took)
		}
	})
}

func TestStartsNobody(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		before := runtime.NumGoroutine()
		s := New(1)
		acquire(t, s)
		const n = 10
		for range n {
			go func() {
				if s.Acquire(t.Context()) == nil {
					s.Release()
				}
			}()
		}
		synctest.Wait()
		if more := runtime.NumGoroutine() - before - n; more > 0 {
			t.Fatalf("leak: %d goroutines wait for a place, and the semaphore has started %d more", n, more)
		}
		s.Release()
	})
}

func TestSemaphoresAreIndependent(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		a, b := New(1), New(1)
		acquire(t, a)
		if !b.TryAcquire() {
			t.Fatal("a place of one semaphore was taken, and another one has none left")
		}
	})
}

// Two come at the same moment, and there is one place. Whoever asks first whether there
// is one, and then takes it, does so in two steps. The one who finds none must not wait.
func TestTwoTryAtOnce(t *testing.T) {
	single := runtime.GOMAXPROCS(0) == 1
	for start, i := time.Now(), 0; i < 100_000 && time.Since(start) < 300*time.Millisecond; i++ {
		s := New(1)
		var ready atomic.Int32
		results := make(chan bool, 2)
		for g := range 2 {
			go func() {
				for ready.Add(1); ready.Load() < 2; {
					if single {
						runtime.Gosched()
					}
				}
				for range (i >> (5 * g)) % 32 { // now the one is a little later, now the other
					ready.Load()
				}
				results <- s.TryAcquire()
			}()
		}
		taken := 0
		for range 2 {
			select {
			case ok := <-results:
				if ok {
					taken++
				}
			case <-time.After(3 * time.Second):
				s.Release()
				t.Fatal("TryAcquire waited: two called it at the same moment, there was one place, and one of them hangs. Asking whether there is one and taking it must be one step")
			}
		}
		if taken != 1 {
			t.Fatalf("two called TryAcquire at the same moment, there was one place, and %d of them have got it", taken)
		}
	}
}
