package semaphore

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"lab.example/gopark/internal/stacks"
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

// The context ends for the last of many who wait.
func TestGivesUpBehindMany(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		const n = 300 // more than any limit that one might think of
		s := New(1)
		acquire(t, s)
		others, giveUp := context.WithCancel(t.Context())
		defer giveUp()
		for range n {
			go s.Acquire(others)
		}
		synctest.Wait()
		ctx, end := context.WithCancel(t.Context())
		var back atomic.Bool
		go func() {
			s.Acquire(ctx)
			back.Store(true)
		}()
		synctest.Wait()
		end()
		synctest.Wait()
		if !back.Load() {
			t.Fatalf("the context ended, but Acquire took no notice: %d others were waiting before it", n)
		}
		giveUp()
		synctest.Wait()
		s.Release()
		if !s.TryAcquire() {
			t.Fatalf("a place is lost: %d gave up waiting for it, and one of them got it when it was given back", n+1)
		}
	})
}

// seam is a context at which Acquire is held when it asks for the n-th time whether it has
// ended. Meanwhile it ends, and the place that Acquire waits for is given back.
type seam struct {
	context.Context
	n     int32
	asked atomic.Int32
	held  func()
}

func (s *seam) Err() error            { s.here(); return s.Context.Err() }
func (s *seam) Done() <-chan struct{} { s.here(); return s.Context.Done() }

func (s *seam) here() {
	if s.asked.Add(1) == s.n {
		s.held()
		new(probe.Point).Here() // until nobody else can run any more
	}
}

// Of a place and the end of the context, Acquire may find either first. It takes the place, or it
// leaves it for others.
func TestPlaceAndEndTogether(t *testing.T) {
	for i := range 160 {
		probe.Bubble(t, func(t *testing.T) {
			s := New(1)
			acquire(t, s)
			ctx, end := context.WithCancel(t.Context())
			defer end()
			released := make(chan struct{})
			both := sync.OnceFunc(func() {
				end()
				go func() { // Acquire may hold a lock here
					s.Release()
					close(released)
				}()
			})
			defer time.AfterFunc(tick, both).Stop() // Acquire may not ask so often
			err := s.Acquire(&seam{Context: ctx, n: int32(i%4 + 1), held: both})
			<-released
			synctest.Wait()
			switch free := s.TryAcquire(); {
			case err != nil && !free:
				t.Fatalf("a place is lost: it was given back when the context ended, Acquire returned the error %q, and nobody can take the place", err)
			case err == nil && free:
				t.Fatal("too many places: Acquire has taken the only one, which was given back when the context ended, and TryAcquire has got it too")
			}
		})
	}
}

// Somebody waits, a place is given back, and at once somebody else comes.
func TestNobodyComesBetween(t *testing.T) {
	for range 100 {
		probe.Bubble(t, func(t *testing.T) {
			s := New(1)
			acquire(t, s)
			go s.Acquire(t.Context())
			synctest.Wait()
			s.Release()
			if s.TryAcquire() {
				s.Release()
				t.Fatal("not in the order in which they came: somebody waited, a place was given back, and TryAcquire took it: whoever waits takes it at the moment when it is given back")
			}
		})
	}
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
		for _, later := range []time.Duration{tick, 365 * 24 * time.Hour} { // Acquire has no limit of its own
			go func() {
				time.Sleep(later)
				s.Release()
			}()
			start := time.Now()
			err := s.Acquire(t.Context())
			if took := time.Since(start); err != nil || took != later {
				t.Fatalf("a place was given back after %v, but Acquire returned after %v, with the error %v", later, took, err)
			}
		}
	})
}

func TestStartsNobody(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		inBubble := func() int { return strings.Count(stacks.All(), "synctest bubble ") }
		before := inBubble()
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
		if more := inBubble() - before - n; more > 0 {
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
	twoAtOnce(t, "TryAcquire", "there was one place", Semaphore.TryAcquire, func() Semaphore { return New(1) }, Semaphore.Release)
}

// The same the other way round: one place is taken, and two give it back.
func TestTwoReleaseAtOnce(t *testing.T) {
	release := func(s Semaphore) bool { return panics(s.Release) == nil }
	taken := func() Semaphore {
		s := New(1)
		s.TryAcquire()
		return s
	}
	twoAtOnce(t, "Release", "one place was taken", release, taken, func(s Semaphore) { s.TryAcquire() })
}

func twoAtOnce(t *testing.T, name, one string, f func(Semaphore) bool, begin func() Semaphore, unblock func(Semaphore)) {
	t.Helper()
	single := runtime.GOMAXPROCS(0) == 1
	for start, i := time.Now(), 0; i < 100_000 && time.Since(start) < 300*time.Millisecond; i++ {
		s := begin()
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
				results <- f(s)
			}()
		}
		done := 0
		for range 2 {
			select {
			case ok := <-results:
				if ok {
					done++
				}
			case <-time.After(3 * time.Second):
				unblock(s)
				t.Fatalf("%s waited: two called it at the same moment, %s, and one of them hangs. Asking first and acting then must be one step", name, one)
			}
		}
		if done != 1 {
			t.Fatalf("two called %s at the same moment, %s, and %d of them went well", name, one, done)
		}
	}
}
