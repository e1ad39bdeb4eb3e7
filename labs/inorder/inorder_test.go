package inorder

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"lab.example/gopark/labs/probe"
)

// Every test runs in a bubble, in which an hour passes in no time: durations are
// exact, and the first message that you see says what is wrong with Map.

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// tick is no round number: whoever sleeps where he should wait is late.
const tick = time.Second + 7*time.Nanosecond

// shop is where the work is done, and written down.
type shop struct {
	start time.Time
	takes func(value int) time.Duration

	mu      sync.Mutex
	begun   map[int]time.Duration // since start
	twice   []int
	running int
	most    int // running at the same time
}

func newShop(takes func(value int) time.Duration) *shop {
	return &shop{start: time.Now(), takes: takes, begun: map[int]time.Duration{}}
}

func (s *shop) work(value int) string {
	s.mu.Lock()
	if _, again := s.begun[value]; again {
		s.twice = append(s.twice, value)
	}
	s.begun[value] = time.Since(s.start)
	s.running++
	s.most = max(s.most, s.running)
	s.mu.Unlock()
	time.Sleep(s.takes(value))
	s.mu.Lock()
	s.running--
	s.mu.Unlock()
	return strconv.Itoa(value)
}

func (s *shop) began() map[int]time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	return maps.Clone(s.begun)
}

// check ends the test if calls run, or if there were more at a time than there may be.
func (s *shop) check(t *testing.T, n int) {
	t.Helper()
	synctest.Wait() // a call that was started and not waited for has begun
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.running > 0:
		t.Fatalf("leak: the channel of results was closed while %d calls were running", s.running)
	case s.most > n:
		t.Fatalf("too many at the same time: %d calls ran at once, want at most %d", s.most, n)
	case len(s.twice) > 0:
		t.Fatalf("work was called more than once for the value %d", s.twice[0])
	}
}

// feed returns a channel with the values 0 to n-1, all of them there at once.
func feed(n int) <-chan int {
	in := make(chan int, n)
	for value := range n {
		in <- value
	}
	close(in)
	return in
}

// received is one result, and when it came.
type received struct {
	result string
	at     time.Duration
}

// read reads until the channel is closed.
func (s *shop) read(results <-chan string) (got []received) {
	for r := range results {
		got = append(got, received{r, time.Since(s.start)})
	}
	return got
}

// inOrder ends the test if the results are others than those of the values 0 to n-1.
func inOrder(t *testing.T, got []received, n int) {
	t.Helper()
	var results []string
	for _, r := range got {
		results = append(results, r.result)
	}
	var want []string
	for value := range n {
		want = append(want, strconv.Itoa(value))
	}
	switch {
	case slices.Equal(results, want):
	case len(results) < n:
		t.Fatalf("results are lost: %v came out, want those of 0 to %d", results, n-1)
	case len(results) > n:
		t.Fatalf("%d results came out for %d values: %v", len(results), n, results)
	case slices.IsSortedFunc(got, func(a, b received) int { return cmp.Compare(number(a), number(b)) }):
		t.Fatalf("a result in between is missing: %v came out, want those of 0 to %d, or fewer from 0 on if the context ends", results, n-1)
	default:
		t.Fatalf("not in order: the results came out as %v, want %v", results, want)
	}
}

func number(r received) int {
	n, _ := strconv.Atoi(r.result)
	return n
}

func each(d time.Duration) func(int) time.Duration { return func(int) time.Duration { return d } }

func TestNothing(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		s := newShop(each(tick))
		inOrder(t, s.read(Map(t.Context(), 3, feed(0), s.work)), 0)
		s.check(t, 3)
	})
}

func TestReturnsAtOnce(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		s := newShop(each(tick))
		results := Map(t.Context(), 2, feed(4), s.work)
		if took := time.Since(s.start); took > 0 {
			t.Fatalf("Map returned after %v: want at once, and the results as they get ready", took)
		}
		s.read(results)
	})
}

// Values may come again, and be less than zero, and a result may be any text.
func TestAnyValue(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		values := []int{0, -1, -1, 7, 0, -5}
		in := make(chan int, len(values))
		for _, value := range values {
			in <- value
		}
		close(in)
		var calls atomic.Int64
		results := Map(t.Context(), 1, in, func(value int) string {
			calls.Add(1)
			time.Sleep(tick)
			return map[int]string{-1: "minus one", 7: "seven"}[value]
		})
		var got []string
		for r := range results {
			got = append(got, r)
		}
		if n := int(calls.Load()); n != len(values) {
			t.Fatalf("work was called %d times for the %d values %v, want once for each, also if the same comes again", n, len(values), values)
		}
		if want := []string{"", "minus one", "minus one", "seven", "", ""}; !slices.Equal(got, want) {
			t.Fatalf("for the values %v the results %q came out, want %q: each that work returns, whatever it is", values, got, want)
		}
	})
}

func TestOrder(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		s := newShop(func(value int) time.Duration { return time.Duration(10-value) * tick })
		got := s.read(Map(t.Context(), 10, feed(10), s.work))
		inOrder(t, got, 10)
		s.check(t, 10)
		took := time.Since(s.start)
		switch {
		case took == 55*tick:
			t.Fatal("one after another: 10 calls, the longest of which takes 10s, took 55s and not 10s with n = 10")
		case took > 10*tick && took < 11*tick:
			t.Fatalf("10 calls, the longest of which takes %v, took %v with n = 10: Map looks from time to time where it should wait", 10*tick, took)
		case took != 10*tick:
			t.Fatalf("10 calls, the longest of which takes 10s, took %v with n = 10, want %v", took, 10*tick)
		}
	})
}

func TestAtTheSameTime(t *testing.T) {
	for _, n := range []int{1, 2, 3, 7, 210} {
		probe.Bubble(t, func(t *testing.T) {
			s := newShop(each(tick))
			got := s.read(Map(t.Context(), n, feed(210), s.work))
			inOrder(t, got, 210)
			s.check(t, n)
			want := time.Duration(210/n) * tick
			switch took := time.Since(s.start); {
			case s.most < n:
				t.Fatalf("too few at the same time: never more than %d calls ran at once, with n = %d", s.most, n)
			case took > want && took-want < tick/2:
				t.Fatalf("210 calls of %v took %v with n = %d, want %v: Map looks from time to time where it should wait", tick, took, n, want)
			case took != want:
				t.Fatalf("210 calls of %v took %v with n = %d, want %v", tick, took, n, want)
			}
		})
	}
}

// One value after the other arrives, and each result is there before the next value.
func TestResultsComeAsTheyGetReady(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		s := newShop(each(tick))
		in := make(chan int)
		go func() {
			defer close(in)
			for value := range 3 {
				in <- value
				time.Sleep(5 * tick)
			}
		}()
		got := s.read(Map(t.Context(), 2, in, s.work))
		inOrder(t, got, 3)
		for i, r := range got {
			if want := time.Duration(i*5+1) * tick; r.at != want {
				t.Fatalf("result %d was kept back: it came after %v, want %v, when it was ready", i, r.at, want)
			}
		}
	})
}

// The first call is slow. The next two may run beside it, and then the window is full.
func TestSlowCallMakesTheNextWait(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		s := newShop(func(value int) time.Duration {
			if value == 0 {
				return 10 * tick
			}
			return tick
		})
		got := s.read(Map(t.Context(), 3, feed(6), s.work))
		inOrder(t, got, 6)
		s.check(t, 3)
		want := map[int]time.Duration{0: 0, 1: 0, 2: 0, 3: 10 * tick, 4: 10 * tick, 5: 10 * tick}
		for value := range 6 {
			switch at := s.began()[value]; {
			case at < want[value]:
				t.Fatalf("results pile up: n = 3 and the first call takes %v, but the call for value %d began after %v, when 3 results before it had not been received",
					10*tick, value, at)
			case at > want[value]:
				t.Fatalf("the call for value %d began after %v, want %v: fewer than 3 results before it were missing", value, at, want[value])
			}
		}
		for i, r := range got {
			at := 10 * tick
			if i >= 3 {
				at += tick
			}
			if r.at != at {
				t.Fatalf("result %d came after %v, want %v", i, r.at, at)
			}
		}
	})
}

// As soon as one result is received there is room for one more call, also while the
// next are still running: whoever works in waves is late.
func TestWindowMovesByOne(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		s := newShop(func(value int) time.Duration { return time.Duration(1+value%3) * tick })
		got := s.read(Map(t.Context(), 3, feed(9), s.work))
		inOrder(t, got, 9)
		s.check(t, 3)
		// Values take 1, 2, 3, 1, 2, 3, ... and each begins when the third before it has
		// been received.
		for i, want := range []time.Duration{0, 0, 0, 1, 2, 3, 3, 4, 6} {
			if at := s.began()[i]; at != want*tick {
				t.Fatalf("the call for value %d began after %v, want %v: when a result is received, the next call begins, not when a whole group is through",
					i, at, want*tick)
			}
		}
	})
}

func TestSlowReader(t *testing.T) {
	for _, n := range []int{1, 4} {
		probe.Bubble(t, func(t *testing.T) {
			s := newShop(each(tick))
			in := make(chan int)
			sent := 0
			go func() {
				defer close(in)
				for value := range 12 {
					in <- value
					sent++
				}
			}()
			results := Map(t.Context(), n, in, s.work)
			time.Sleep(time.Hour)
			synctest.Wait()
			if calls := len(s.began()); calls > n {
				t.Fatalf("results pile up: nobody reads, and work was called for %d values, with n = %d", calls, n)
			}
			if sent > n+1 {
				t.Fatalf("values pile up: nobody reads, and %d of them were taken out of in, with n = %d", sent, n)
			}
			if calls := len(s.began()); calls < n {
				t.Fatalf("nobody reads yet, and work was called for only %d values, with n = %d", calls, n)
			}
			inOrder(t, s.read(results), 12)
		})
	}
}

// The reader goes when it has two results, and ends the context.
func TestReaderLeaves(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		ctx, end := context.WithCancel(t.Context())
		defer end()
		s := newShop(each(tick))
		in := make(chan int) // nobody closes it
		go func() {
			for value := range 7 {
				select {
				case in <- value:
				case <-ctx.Done():
				}
			}
		}()
		results := Map(ctx, 3, in, s.work)
		first, second := <-results, <-results
		time.Sleep(tick / 2)
		end()
		before := len(s.began())
		rest := s.read(results)
		took := time.Since(s.start)
		if first != "0" || second != "1" {
			t.Fatalf("the first two results were %q and %q, want 0 and 1", first, second)
		}
		s.check(t, 3)
		after := s.began()
		switch {
		case len(after) > before:
			t.Fatalf("the context had ended, and work was called for %d more values", len(after)-before)
		case took != 2*tick && took != tick+tick/2:
			t.Fatalf("the context ended after %v and the last call after %v, but the channel of results was closed after %v", tick+tick/2, 2*tick, took)
		}
		inOrder(t, append([]received{{"0", 0}, {"1", 0}}, rest...), 2+len(rest))
	})
}

// All results that may be there are ready when the context ends, and then somebody reads:
// each may be lost, but none may come if one before it is.
func TestNothingIsMissingInBetween(t *testing.T) {
	for range 100 {
		probe.Bubble(t, func(t *testing.T) {
			ctx, end := context.WithCancel(t.Context())
			s := newShop(each(tick))
			results := Map(ctx, 4, feed(8), s.work)
			time.Sleep(2 * tick)
			end()
			got := s.read(results)
			inOrder(t, got, len(got))
			s.check(t, 4)
		})
	}
}

// The context ends while nobody reads, and nobody ever will.
func TestNobodyReads(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		ctx, end := context.WithCancel(t.Context())
		s := newShop(each(tick))
		Map(ctx, 2, feed(6), s.work)
		time.Sleep(5 * tick)
		end()
		time.Sleep(5 * tick)
		if n := len(s.began()); n > 2 {
			t.Fatalf("the context had ended, and work was called for %d more values", n-2)
		}
	})
}

// The context ends while Map waits for a value.
func TestNobodySends(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		ctx, end := context.WithCancel(t.Context())
		time.AfterFunc(tick, end)
		s := newShop(each(tick))
		got := s.read(Map(ctx, 2, make(chan int), s.work))
		if took := time.Since(s.start); took != tick || len(got) > 0 {
			t.Fatalf("the context ended after %v, but the channel of results was closed after %v with %d results, want none", tick, took, len(got))
		}
	})
}

// The context had ended before the call, and values are there: select tosses a coin,
// and Map must not.
func TestContextHasEnded(t *testing.T) {
	for range 100 {
		probe.Bubble(t, func(t *testing.T) {
			ctx, end := context.WithCancel(t.Context())
			end()
			s := newShop(each(tick))
			s.read(Map(ctx, 3, feed(9), s.work))
			if n := len(s.began()); n > 0 {
				t.Fatalf("the context had ended before the call, and work was called for %d values", n)
			}
		})
	}
}

func TestCallsAreIndependent(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		var calls sync.WaitGroup
		wrong := make(chan string, 5)
		for i := range 5 {
			calls.Go(func() {
				s := newShop(each(time.Duration(i+1) * tick))
				got := s.read(Map(t.Context(), 2, feed(4), s.work))
				if took := time.Since(s.start); len(got) != 4 || took != time.Duration(2*(i+1))*tick {
					wrong <- fmt.Sprintf("5 calls of Map at the same time disturb each other: one got %d results, want 4, after %v, want %v", len(got), took, time.Duration(2*(i+1))*tick)
				}
			})
		}
		calls.Wait()
		select {
		case message := <-wrong:
			t.Fatal(message)
		default:
		}
	})
}

// endless is a context that could end and never does: whoever waits for it is left.
type endless struct {
	context.Context
	done chan struct{}
}

func (e endless) Done() <-chan struct{} { return e.done }

func TestNobodyIsLeft(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		ctx := endless{context.Background(), make(chan struct{})}
		s := newShop(each(tick))
		s.read(Map(ctx, 2, feed(5), s.work))
	})
}
