package reporter

import (
	"context"
	"errors"
	"fmt"
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

// Every test runs in a bubble, in which an hour passes in no time: durations are exact,
// and the first message that you see says what is wrong with the reporter.

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var (
	errGone    = errors.New("the server is gone")
	errClosing = errors.New("closing time")
)

// server is the other end of send.
type server struct {
	takes time.Duration
	fails bool
	deaf  bool // takes no notice of the end of a context, but for what it returns

	mu     sync.Mutex
	events []string // whose send has begun
	inside int
	most   int
}

func (s *server) send(ctx context.Context, event string) error {
	s.enter(event)
	defer s.leave()
	switch {
	case s.deaf:
		time.Sleep(s.takes)
	case s.takes > 0:
		select {
		case <-time.After(s.takes):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	if s.fails {
		return errGone
	}
	return nil
}

func (s *server) enter(event string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.inside++
	s.most = max(s.most, s.inside)
	s.events = append(s.events, event)
}

func (s *server) leave() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.inside--
}

// sent ends the test if these are not the events whose send has begun, one at a time, or if
// one has not ended.
func (s *server) sent(t *testing.T, want ...string) {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.inside > 0:
		t.Fatal("leak: Close returned while send was still at work")
	case s.most > 1:
		t.Fatalf("%d calls of send at the same time: want one after another", s.most)
	case len(s.events) < len(want):
		t.Fatalf("events are lost: Report took %d of them, and %d were sent", len(want), len(s.events))
	case !slices.Equal(s.events, want):
		t.Fatalf("sent were %v, want %v: each once, in order, and none that Close has given up", s.events, want)
	}
}

// report reports an event, and ends the test if the host had to wait, or if the result is
// another one.
func report(t *testing.T, r Reporter, event string, want bool, when string) {
	t.Helper()
	begin := time.Now()
	got := r.Report(event)
	switch took := time.Since(begin); {
	case took > 0:
		t.Fatalf("Report made its host wait for %v: %s", took, when)
	case got != want:
		t.Fatalf("Report returned %v, want %v: %s", got, want, when)
	}
}

// closed closes the reporter and ends the test if that takes longer than want.
func closed(t *testing.T, ctx context.Context, r Reporter, want time.Duration, wantErr error) {
	t.Helper()
	begin := time.Now()
	err := r.Close(ctx)
	switch took := time.Since(begin); {
	case took > want:
		t.Fatalf("Close took %v, want %v", took, want)
	case err != wantErr:
		t.Fatalf("Close returned %v, want %v", err, wantErr)
	case took < want:
		t.Fatalf("events are lost: Close returned after %v, and to send what waits takes %v", took, want)
	}
}

// The server needs a minute for an event, and three can wait.
func TestTheHostNeverWaits(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		s := &server{takes: time.Minute}
		r := New(3, s.send)
		report(t, r, "a", true, "nobody waits, and there is room for 3")
		synctest.Wait() // it is being sent
		for _, e := range []string{"b", "c", "d"} {
			report(t, r, e, true, "fewer than 3 events wait")
		}
		for _, e := range []string{"e", "f"} {
			report(t, r, e, false, "3 events wait, and there is room for 3")
		}
		if n := r.Dropped(); n != 2 {
			t.Fatalf("Report returned false twice, and Dropped says %d: what is lost must be counted", n)
		}
		time.Sleep(time.Minute + time.Second) // now b is being sent
		report(t, r, "g", true, "an event has been sent, and the next one does not wait any more")
		report(t, r, "h", false, "3 events wait, and there is room for 3")
		closed(t, t.Context(), r, 4*time.Minute-time.Second, nil)
		s.sent(t, "a", "b", "c", "d", "g")
		if n := r.Dropped(); n != 3 {
			t.Fatalf("Report returned false three times, and Dropped says %d: what is lost must be counted", n)
		}
	})
}

// The server answers every event with an error.
func TestTheServerIsGone(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		s := &server{takes: time.Second, fails: true}
		r := New(10, s.send)
		for i := range 10 {
			report(t, r, fmt.Sprint(i), true, "fewer than 10 events wait")
		}
		time.Sleep(time.Minute)
		s.mu.Lock()
		n := len(s.events)
		s.mu.Unlock()
		switch {
		case n < 10:
			t.Fatalf("send returned an error, and of 10 events %d were sent: the next may succeed", n)
		case n > 10:
			t.Fatalf("10 events were taken, and send was called %d times: want once for each", n)
		case r.Dropped() != 10:
			t.Fatalf("send returned an error 10 times, and Dropped says %d: what is lost must be counted", r.Dropped())
		}
		closed(t, t.Context(), r, 0, nil)
	})
}

func TestCloseSendsWhatWaits(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		s := &server{takes: time.Second}
		r := New(5, s.send)
		for _, e := range []string{"a", "b", "c"} {
			report(t, r, e, true, "fewer than 5 events wait")
		}
		err := r.Close(t.Context())
		s.sent(t, "a", "b", "c")
		if err != nil || r.Dropped() != 0 {
			t.Fatalf("everything was sent, but Close returned %v, and Dropped says %d", err, r.Dropped())
		}
	})
}

// Nobody waits for a server that does not answer: not longer than Close is told.
func TestCloseWithADeadline(t *testing.T) {
	for _, deaf := range []bool{false, true} {
		probe.Bubble(t, func(t *testing.T) {
			s := &server{takes: time.Hour, deaf: deaf}
			r := New(5, s.send)
			report(t, r, "a", true, "nobody waits")
			synctest.Wait()
			for _, e := range []string{"b", "c"} {
				report(t, r, e, true, "fewer than 5 events wait")
			}
			begin := time.Now()
			ctx, cancel := context.WithTimeoutCause(t.Context(), time.Minute, errClosing)
			defer cancel()
			err := r.Close(ctx)
			took, want, drops := time.Since(begin), time.Minute, 3
			if deaf {
				want, drops = time.Hour, 2 // what was being sent has been
			}
			if took > want {
				t.Fatalf("the context ended after 1m, and Close went on to send what waits: it took %v", took)
			}
			s.sent(t, "a")
			switch {
			case took < want:
				t.Fatalf("Close returned after %v, want %v", took, want)
			case err != errClosing:
				t.Fatalf("Close returned %v: want what context.Cause says, %q", err, errClosing)
			case r.Dropped() != drops:
				t.Fatalf("Close gave up with two events that waited and one that was being sent, and Dropped says %d, want %d: what is lost must be counted", r.Dropped(), drops)
			}
		})
	}
}

func TestReportAfterClose(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		s := &server{}
		r := New(5, s.send)
		closed(t, t.Context(), r, 0, nil)
		report(t, r, "late", false, "the reporter is closed")
		if n := r.Dropped(); n != 1 {
			t.Fatalf("Report returned false once, after Close, and Dropped says %d: what is lost must be counted", n)
		}
		s.sent(t)
	})
}

// While Close waits, nothing is taken any more: otherwise it might wait for ever.
func TestReportWhileCloseWaits(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		s := &server{takes: time.Minute}
		r := New(5, s.send)
		report(t, r, "a", true, "nobody waits")
		var closing sync.WaitGroup
		closing.Go(func() { r.Close(t.Context()) })
		synctest.Wait()
		report(t, r, "b", false, "Close has been called")
		closing.Wait()
		s.sent(t, "a")
	})
}

// Many report at the same time, while somebody closes. Everything is sent or counted.
func TestEverythingIsSentOrCounted(t *testing.T) {
	for range 30 {
		probe.Bubble(t, func(t *testing.T) {
			s := &server{takes: time.Millisecond}
			r := New(4, s.send)
			var taken atomic.Int64
			var all sync.WaitGroup
			for range 8 {
				all.Go(func() {
					for range 20 {
						if r.Report("x") {
							taken.Add(1)
						}
						time.Sleep(time.Millisecond)
					}
				})
			}
			time.Sleep(10 * time.Millisecond)
			r.Close(t.Context())
			all.Wait()
			s.sent(t, slices.Repeat([]string{"x"}, int(taken.Load()))...)
			if n := r.Dropped() + int(taken.Load()); n != 160 {
				t.Fatalf("160 events were reported, %d of them were sent, and Dropped says %d: what is lost must be counted", taken.Load(), r.Dropped())
			}
		})
	}
}

// Somebody closes while eight report as fast as they can. Whenever the world is stopped, the
// one who runs is stopped between any two of its steps, and goes to the end of the queue: most
// are there when Close is called. Whoever asks whether it is closed and then sends, with nothing
// to hold the two together, sends when it is too late.
func TestCloseAmongReports(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(2))
	for range 25 {
		probe.Bubble(t, func(t *testing.T) {
			var sent, taken, refused atomic.Int64
			r := New(100, func(context.Context, string) error { sent.Add(1); return nil })
			var over atomic.Bool
			var all sync.WaitGroup
			for range 8 {
				all.Go(func() {
					for !over.Load() {
						if r.Report("x") {
							taken.Add(1)
						} else {
							refused.Add(1)
						}
					}
				})
			}
			for range 8 {
				runtime.ReadMemStats(new(runtime.MemStats)) // stops the world
			}
			over.Store(true) // this Report is the last one of everybody
			r.Close(t.Context())
			all.Wait()
			switch {
			case sent.Load() < taken.Load():
				t.Fatalf("events are lost: Report took %d of them, and %d were sent: it took one when Close had looked for the last", taken.Load(), sent.Load())
			case int64(r.Dropped()) != refused.Load():
				t.Fatalf("Report returned false %d times, and Dropped says %d: what is lost must be counted", refused.Load(), r.Dropped())
			}
		})
	}
}

// The context of Close ends while a send is at work. To tell everybody who listens to that
// send's context takes a while, and meanwhile send returns: is the next event sent?
func TestNothingIsSentAfterTheDeadline(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(4))
	for range 20 {
		probe.Bubble(t, func(t *testing.T) {
			s := &server{}
			r := New(5, func(ctx context.Context, event string) error {
				s.enter(event)
				defer s.leave()
				for range 1000 {
					context.AfterFunc(ctx, func() {})
				}
				<-ctx.Done()
				return ctx.Err()
			})
			for _, e := range []string{"a", "b", "c"} {
				report(t, r, e, true, "fewer than 5 events wait")
				synctest.Wait()
			}
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			r.Close(ctx)
			s.sent(t, "a")
		})
	}
}
