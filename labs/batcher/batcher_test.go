package batcher

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"lab.example/gopark/labs/probe"
)

// Every test runs in a bubble, in which an hour passes in no time: durations are
// exact, and the first message that you see says what is wrong with Run.

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// ms is no round number: whoever looks from time to time is late.
const ms = time.Millisecond + 7*time.Nanosecond

var usual = Limits{Size: 1000, Wait: 200 * ms, Idle: 50 * ms}

// parcel is a batch as send saw it.
type parcel struct {
	at    time.Duration // since the beginning
	items []int
	kept  []int // the very slice
}

// recorder is the other side of send.
type recorder struct {
	begin time.Time
	takes time.Duration

	mu      sync.Mutex
	parcels []parcel
	inside  int
	most    int
}

func record(takes time.Duration) *recorder { return &recorder{begin: time.Now(), takes: takes} }

func (r *recorder) send(batch []int) { r.during(batch, func() { time.Sleep(r.takes) }) }

// during is a send that does this.
func (r *recorder) during(batch []int, f func()) {
	r.enter(batch)
	f()
	r.mu.Lock()
	defer r.mu.Unlock()
	r.inside--
}

func (r *recorder) enter(batch []int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.inside++
	r.most = max(r.most, r.inside)
	r.parcels = append(r.parcels, parcel{time.Since(r.begin), slices.Clone(batch), batch})
}

// sent returns the batches, after Run has returned, and ends the test if they are not the
// items 0 to n-1 in order, in batches of no more than size.
func (r *recorder) sent(t *testing.T, n, size int) []parcel {
	t.Helper()
	synctest.Wait() // a send that Run has not waited for may not have begun
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.inside > 0 {
		t.Fatalf("leak: Run returned while send was still at work")
	}
	if r.most > 1 {
		t.Fatalf("%d calls of send at the same time: want one after another", r.most)
	}
	for _, p := range r.parcels {
		if !slices.Equal(p.items, p.kept) {
			t.Fatalf("a batch was overwritten: send was handed %v, and now the same slice holds %v", p.items, p.kept)
		}
	}
	for _, p := range r.parcels {
		_ = append(p.kept, -1) // as send may
	}
	next := 0
	for _, p := range r.parcels {
		switch {
		case len(p.items) == 0:
			t.Fatal("an empty batch was sent: want none")
		case len(p.items) > size:
			t.Fatalf("a batch of %d items was sent: want %d at most", len(p.items), size)
		case !slices.Equal(p.items, p.kept):
			t.Fatalf("two batches share their memory: send was handed %v, appended to the batch before, and now the slice holds %v", p.items, p.kept)
		}
		for _, item := range p.items {
			switch {
			case item < next:
				t.Fatalf("item %d was sent again, or too late: want every item once, in order", item)
			case item > next:
				t.Fatalf("item %d was sent where item %d should be: want every item once, in order", item, next)
			}
			next++
		}
	}
	if next != n {
		t.Fatalf("items are lost: Run received %d and sent %d", n, next)
	}
	return r.parcels
}

// arriving returns a channel into which the items 0, 1, 2, ... come at these moments, and
// which is closed after another hour.
func arriving(at ...time.Duration) <-chan int {
	in := make(chan int)
	begin := time.Now()
	go func() {
		for i, when := range at {
			time.Sleep(time.Until(begin.Add(when)))
			in <- i
		}
		time.Sleep(time.Hour)
		close(in)
	}()
	return in
}

// every returns n moments, d apart from each other.
func every(n int, from, d time.Duration) []time.Duration {
	var at []time.Duration
	for i := range n {
		at = append(at, from+time.Duration(i)*d)
	}
	return at
}

// after ends the test if the batch was not sent at want, and says what happened instead.
func (p parcel) after(t *testing.T, want time.Duration, early, late string) {
	t.Helper()
	switch {
	case p.at < want:
		t.Fatalf("the batch %v was sent after %v, want %v: %s", p.items, p.at, want, early)
	case p.at > want:
		t.Fatalf("the batch %v was sent after %v, want %v: %s", p.items, p.at, want, late)
	}
}

// After three items nothing comes for an hour.
func TestIdle(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		r := record(0)
		Run(t.Context(), arriving(0, 20*ms, 40*ms), usual, r.send)
		sent := r.sent(t, 3, usual.Size)
		switch {
		case sent[0].at >= time.Hour:
			t.Fatalf("the last item came after %v, and nothing was sent until in was closed after an hour: time must end the waiting, and not only the next item", 40*ms)
		case sent[0].at == usual.Wait:
			t.Fatalf("no item came any more, but the batch waited for the whole of Wait, %v: want it sent when nothing had come for Idle, after %v", usual.Wait, 90*ms)
		}
		sent[0].after(t, 90*ms, "Idle counts from the newest item", "want it when nothing has come for Idle")
	})
}

func TestEnoughAreEnough(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		r := record(0)
		l := usual
		l.Size = 4
		if err := Run(t.Context(), arriving(every(9, 0, ms)...), l, r.send); err != nil {
			t.Fatalf("in was closed, but Run returned the error %q: want nil", err)
		}
		sent := r.sent(t, 9, 4)
		if len(sent) != 3 || len(sent[0].items) != 4 {
			t.Fatalf("9 items came within 9ms, 4 are enough, and the first batch is %v: want 4 items in it", sent[0].items)
		}
		sent[0].after(t, 3*ms, "want it with its fourth item", "it had all its items, and was kept back")
		sent[1].after(t, 7*ms, "want it with its fourth item", "it had all its items, and was kept back")
		sent[2].after(t, 8*ms+l.Idle, "nobody was idle yet", "no item came any more, and it was not sent when that had been so for Idle")
	})
}

// One is enough: nothing is gathered.
func TestOneIsEnough(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		r := record(0)
		l := usual
		l.Size = 1
		Run(t.Context(), arriving(every(100, 0, ms)...), l, r.send)
		for i, p := range r.sent(t, 100, 1) {
			p.after(t, time.Duration(i)*ms, "it had not come yet", "one item is enough, and it was kept back")
		}
	})
}

// Items keep coming, so nobody is ever idle, and there are never enough.
func TestTheOldestWaitsNoLonger(t *testing.T) {
	for _, tt := range []struct {
		name   string
		before []time.Duration // the items of the first batch, which has gone when they keep coming
		from   time.Duration   // the first of those that keep coming
	}{
		{"from the beginning", nil, 0},
		{"after a pause", nil, 1001 * ms},
		{"after a short pause", nil, 70 * ms},
		{"after a batch that was full", every(9, 0, ms), 40 * ms},
		{"after a batch whose items were idle", every(1, 0, ms), 100 * ms},
	} {
		t.Run(tt.name, func(t *testing.T) {
			probe.Bubble(t, func(t *testing.T) {
				r := record(0)
				l := usual
				if tt.before != nil {
					l.Size = 9
				}
				at := slices.Concat(tt.before, every(40, tt.from, 30*ms))
				Run(t.Context(), arriving(at...), l, r.send)
				sent := r.sent(t, len(at), l.Size)
				for i, p := range sent[:min(4, len(sent))] {
					if p.items[0] < len(tt.before) {
						continue
					}
					oldest, newest := at[p.items[0]], at[p.items[len(p.items)-1]]
					switch waited := p.at - oldest; {
					case waited > usual.Wait && newest == at[len(at)-1]:
						t.Fatalf("the oldest item of batch %d waited %v, want %v: every item that came put the sending off", i, waited, usual.Wait)
					case waited > usual.Wait && p.at == newest:
						t.Fatalf("the oldest item of batch %d waited %v, want %v: Run looked at the clock only when an item came", i, waited, usual.Wait)
					case waited > usual.Wait:
						t.Fatalf("the oldest item of batch %d waited %v, want %v", i, waited, usual.Wait)
					case waited < usual.Wait:
						t.Fatalf("batch %d was sent when its oldest item had waited %v, want %v: Wait was not counted from the oldest item", i, waited, usual.Wait)
					}
				}
			})
		})
	}
}

// A long while after the last batch, one item comes, alone.
func TestPauseBeforeAnItem(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		r := record(0)
		Run(t.Context(), arriving(0, 777*ms), usual, r.send)
		sent := r.sent(t, 2, usual.Size)
		sent[0].after(t, 50*ms, "it could have had company", "want it when nothing has come for Idle")
		if len(sent) > 1 {
			sent[1].after(t, 827*ms, "it could have had company: Wait was not counted from the oldest item", "want it when nothing has come for Idle")
		}
	})
}

// Eight items more are there as soon as send works on the first two.
func TestWhileSendWorks(t *testing.T) {
	for _, tt := range []struct {
		why  string
		size int
	}{{"it had Size items", 2}, {"nothing had come for Idle", 1000}} {
		probe.Bubble(t, func(t *testing.T) {
			var quiet probe.Point // lets the others come as far as they can
			r := record(0)
			in := make(chan int, 10)
			in <- 0
			in <- 1
			left := -1
			l := usual
			l.Size = tt.size
			Run(t.Context(), in, l, func(batch []int) {
				r.during(batch, func() {
					if batch[0] > 0 {
						return
					}
					for i := range 8 {
						in <- 2 + i
					}
					quiet.Here()
					left = len(in)
					close(in)
				})
			})
			r.sent(t, 10, l.Size)
			if left != 8 {
				t.Fatalf("while send worked on the first batch, which went because %s, Run received %d items more: want none, so that whoever produces too fast waits", tt.why, 8-left)
			}
		})
	}
}

// Time that send takes is no time that an item has waited.
func TestAfterASlowSend(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		r := record(time.Minute)
		Run(t.Context(), arriving(0, time.Second), usual, r.send)
		sent := r.sent(t, 2, usual.Size)
		if len(sent) != 2 {
			t.Fatalf("two items a second apart came as %d batches, want 2", len(sent))
		}
		sent[1].after(t, 100*ms+time.Minute, "an item was received when send had returned, and its time begins there", "an item was received when send had returned, and Idle later it should go")
	})
}

func TestInIsClosed(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		r := record(0)
		in := make(chan int)
		go func() {
			in <- 0
			in <- 1
			close(in)
		}()
		err := Run(t.Context(), in, usual, r.send)
		took := time.Since(r.begin)
		sent := r.sent(t, 2, usual.Size)
		switch {
		case err != nil:
			t.Fatalf("in was closed, but Run returned the error %q: want nil", err)
		case took > 0 || sent[0].at > 0:
			t.Fatalf("in was closed, and Run needed another %v: want what is left to be sent at once", took)
		}
		in = make(chan int)
		close(in)
		if err := Run(t.Context(), in, usual, r.send); err != nil {
			t.Fatalf("in was closed, but Run returned the error %q: want nil", err)
		}
		r.sent(t, 2, usual.Size)
	})
}

var errClosing = errors.New("closing time")

func TestContextEnds(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		ctx, end := context.WithCancelCause(t.Context())
		r := record(time.Second)
		in := make(chan int)
		go func() {
			in <- 0
			in <- 1
			time.Sleep(10 * ms)
			end(errClosing)
		}()
		late := time.AfterFunc(time.Hour, func() { close(in) })
		err := Run(ctx, in, usual, r.send)
		late.Stop()
		took := time.Since(r.begin)
		if took >= time.Hour {
			t.Fatalf("the context ended after %v, but Run took no notice of it", 10*ms)
		}
		sent := r.sent(t, 2, usual.Size)
		sent[0].after(t, 10*ms, "nobody was idle yet", "the context had ended: want what Run has received to be sent at once")
		switch {
		case took != 10*ms+time.Second:
			t.Fatalf("the context ended after %v and send takes 1s, but Run returned after %v", 10*ms, took)
		case err == nil:
			t.Fatal("the context ended, but Run returned nil")
		case err != errClosing:
			t.Fatalf("Run returned the error %q: want what context.Cause says, %q", err, errClosing)
		}
	})
}

// The context ends while send works for another second, and ten items are there. Whoever
// leaves it to a select which to see is right half of the time.
func TestContextHasEnded(t *testing.T) {
	for range 20 {
		for _, before := range []bool{true, false} {
			probe.Bubble(t, func(t *testing.T) {
				ctx, end := context.WithCancelCause(t.Context())
				in := make(chan int, 10)
				for i := range 10 {
					in <- i
				}
				l, want, works := usual, 0, time.Duration(0)
				if before {
					end(errClosing)
				} else {
					l.Size, want, works = 2, 2, time.Second
				}
				r := record(works)
				err := Run(ctx, in, l, func(batch []int) {
					end(errClosing)
					r.send(batch)
				})
				took := time.Since(r.begin)
				received := 10 - len(in)
				if received != want {
					t.Fatalf("the context had ended, and Run received %d items more: want none", received-want)
				}
				r.sent(t, want, l.Size)
				if took > works || err != errClosing {
					t.Fatalf("the context had ended, and Run returned %v after %v: want %q after %v, when send had returned", err, took, errClosing, works)
				}
			})
		}
	}
}

// A context that could end and never does: whoever waits for it is left.
type endless struct {
	context.Context
	done chan struct{}
}

func (e endless) Done() <-chan struct{} { return e.done }

// Two calls at the same time, each with items of its own, and nobody is left.
func TestCallsAreIndependent(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		ctx := endless{context.Background(), make(chan struct{})}
		var calls sync.WaitGroup
		var r [2]*recorder
		for i := range r {
			r[i] = record(0)
			calls.Go(func() { Run(ctx, arriving(every(5, 0, 10*ms)...), usual, r[i].send) })
		}
		calls.Wait()
		synctest.Wait()
		for _, r := range r {
			if n := len(r.sent(t, 5, usual.Size)); n != 1 {
				t.Fatalf("5 items came in %v, and another call had some too: this one sent %d batches, want 1", 40*ms, n)
			}
		}
	})
}
