package count

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"lab.example/gopark/labs/probe"
)

// Every test runs in a bubble, in which an hour passes in no time, and the first message that you
// see says what is wrong. Signals are those of a small kernel of our own.

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// lap is no round number: whoever looks from time to time is late.
const lap = time.Second + 7*time.Nanosecond

var (
	errQueueFull = errors.New("resource temporarily unavailable")
	errNoProcess = errors.New("no such process")
)

// kernel keeps the signals of one process that are pending.
type kernel struct {
	room   int           // for real-time signals
	heard  time.Duration // so long a raise takes after the signal was sent: the other process is faster
	raised atomic.Int32

	mu      sync.Mutex
	pending []Info // in the order in which they are taken
	queued  int
	news    chan struct{}
}

func newKernel(room int) *kernel { return &kernel{room: room, news: make(chan struct{}, 1)} }

func (k *kernel) raise(sig Signal, value int) error {
	k.raised.Add(1)
	err := k.send(sig, value)
	if k.heard > 0 {
		time.Sleep(k.heard)
	}
	return err
}

func (k *kernel) send(sig Signal, value int) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	switch {
	case sig < 35 && slices.ContainsFunc(k.pending, func(i Info) bool { return i.Signal == sig }):
		return nil
	case sig >= 35 && k.queued == k.room:
		return errQueueFull
	case sig >= 35:
		k.queued++
	}
	// The lowest number goes first, and among equals the first.
	at := slices.IndexFunc(k.pending, func(i Info) bool { return i.Signal > sig })
	if at < 0 {
		at = len(k.pending)
	}
	k.pending = slices.Insert(k.pending, at, Info{sig, value})
	select {
	case k.news <- struct{}{}:
	default:
	}
	return nil
}

func (k *kernel) next(ctx context.Context) (Info, error) {
	for {
		k.mu.Lock()
		if len(k.pending) > 0 {
			defer k.mu.Unlock()
			info := k.pending[0]
			k.pending = k.pending[1:]
			if info.Signal >= 35 {
				k.queued--
			}
			return info, nil
		}
		k.mu.Unlock()
		select {
		case <-k.news:
		case <-ctx.Done():
			return Info{}, context.Cause(ctx)
		}
	}
}

func TestTally(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		k := newKernel(100)
		ctx, end := context.WithCancel(t.Context())
		for i := range 50 { // nobody takes them meanwhile
			k.raise(Doorbell, i)
			k.raise(40, i)
			k.raise(41, i)
		}
		if err := k.raise(41, 50); err == nil {
			t.Fatal("the kernel has room for more than it says")
		}
		k.raise(12, 0)
		time.AfterFunc(lap, func() { k.raise(12, 0) })
		time.AfterFunc(2*lap, end)
		got := Tally(ctx, k.next)
		wants := map[Signal]Count{Doorbell: {1, true}, 12: {2, true}, 40: {50, false}, 41: {50, false}}
		for _, sig := range slices.Sorted(maps.Keys(wants)) {
			switch c, want := got[sig], wants[sig]; {
			case c == want:
			case c.N == want.N && want.AtLeast:
				t.Fatalf("signal %d came %d times, and Tally says that it was sent exactly %d times: a standard signal that is sent while it is pending leaves no trace", sig, c.N, c.N)
			case c.N == want.N:
				t.Fatalf("signal %d came %d times, and Tally says that it may have been sent more often: each real-time signal that was sent is queued, or its sender was told", sig, c.N)
			default:
				t.Fatalf("signal %d came %d times, and Tally says %+v", sig, want.N, c)
			}
		}
		if len(got) != len(wants) {
			t.Fatalf("signals with 4 numbers came, and Tally knows of %d: %v", len(got), got)
		}
		if left := len(k.pending); left > 0 {
			t.Fatalf("ctx ended, and Tally left %d signals that were pending", left)
		}
	})
}

// The other process is faster: when raise returns, the bell has been heard, and Serve has looked.
func TestAskWhileSomebodyWaits(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		k := newKernel(0)
		k.heard = 1
		var asked atomic.Int64
		ctx, end := context.WithCancel(t.Context())
		var worked atomic.Int32
		var server sync.WaitGroup
		server.Go(func() { Serve(ctx, &asked, k.next, func() { worked.Add(1) }) })
		synctest.Wait()
		err := Ask(&asked, k.raise)
		time.Sleep(time.Hour)
		n := worked.Load()
		end()
		server.Wait()
		switch {
		case n == 0 && asked.Load() > 0:
			t.Fatal("a request is lost until the next one comes: when the bell rang there was nothing to be seen, and nobody looks again")
		case n != 1 || asked.Load() != 0:
			t.Fatalf("there was one request, work was called %d times, and %d requests are left in asked", n, asked.Load())
		case err != nil:
			t.Fatalf("Ask returned the error %q", err)
		}
	})
}

func TestAsk(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		k := newKernel(0)
		var asked atomic.Int64
		var all sync.WaitGroup
		for range 100 {
			all.Go(func() { Ask(&asked, k.raise) })
		}
		all.Wait()
		switch {
		case asked.Load() != 100:
			t.Fatalf("100 requests were asked for, and %d are in asked", asked.Load())
		case k.raised.Load() != 100:
			t.Fatalf("100 requests were asked for, and the bell rang %d times: want once for each", k.raised.Load())
		case len(k.pending) != 1 || k.pending[0].Signal != Doorbell:
			t.Fatalf("the signals %v are pending, want the Doorbell", k.pending)
		}
		if err := Ask(&asked, func(Signal, int) error { return errNoProcess }); !errors.Is(err, errNoProcess) {
			t.Fatalf("the signal could not be sent, and Ask returned the error %v, want %q", err, errNoProcess)
		}
	})
}

// serve runs Serve for an hour, while ask is done. Each work takes a lap, unless it is quick.
func serve(t *testing.T, k *kernel, asked Memory, takes time.Duration, ask func()) (served, worked int) {
	t.Helper()
	ctx, end := context.WithTimeout(t.Context(), time.Hour)
	defer end()
	var asker sync.WaitGroup
	asker.Go(ask)
	served = Serve(ctx, asked, k.next, func() {
		time.Sleep(takes)
		worked++
	})
	asker.Wait()
	return served, worked
}

func TestServeCoalesced(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		k := newKernel(0)
		var asked atomic.Int64
		asked.Add(100)
		k.raise(Doorbell, 1) // one is all that is left of a hundred
		served, worked := serve(t, k, &asked, lap, func() {})
		switch {
		case worked < 100:
			t.Fatalf("requests are lost: 100 were asked for, their signals became one, and work was called %d times", worked)
		case worked > 100:
			t.Fatalf("100 requests were asked for, and work was called %d times", worked)
		case served != worked || asked.Load() != 0:
			t.Fatalf("100 requests were served, Serve returned %d, and %d are left in asked", served, asked.Load())
		}
	})
}

func TestServeWithoutABell(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		k := newKernel(0)
		var asked atomic.Int64
		asked.Add(3)
		if _, worked := serve(t, k, &asked, lap, func() {}); worked != 3 {
			t.Fatalf("3 requests were asked for before the call, nobody rings for them again, and work was called %d times", worked)
		}
	})
}

// Each request comes while the one before it is served.
func TestServeWhileAtWork(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		k := newKernel(0)
		var asked atomic.Int64
		served, worked := serve(t, k, &asked, lap, func() {
			for range 20 {
				asked.Add(1)
				k.raise(Doorbell, 0)
				time.Sleep(lap / 2)
			}
		})
		switch {
		case worked < 20:
			t.Fatalf("requests that came during work are lost: 20 were asked for, work was called %d times, and %d are left in asked", worked, asked.Load())
		case worked > 20 || served != 20 || asked.Load() != 0:
			t.Fatalf("20 requests were asked for, work was called %d times, Serve returned %d, and %d are left in asked", worked, served, asked.Load())
		}
	})
}

func TestServeOtherSignals(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		k := newKernel(9)
		var asked atomic.Int64
		served, worked := serve(t, k, &asked, lap, func() {
			k.raise(12, 7)
			k.raise(40, 7)
			k.raise(Doorbell, 7) // for what has been served already
			time.Sleep(time.Minute)
			asked.Add(1)
			k.raise(Doorbell, 7)
		})
		if served != 1 || worked != 1 {
			t.Fatalf("one request was asked for and 4 signals came, work was called %d times, and Serve returned %d", worked, served)
		}
	})
}

// Of five requests two are served, and then ctx ends.
func TestServeStops(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		k := newKernel(0)
		var asked atomic.Int64
		for range 5 {
			asked.Add(1)
			k.raise(Doorbell, 0)
		}
		ctx, end := context.WithCancel(t.Context())
		time.AfterFunc(3*lap/2, end)
		start := time.Now()
		worked := 0
		served := Serve(ctx, &asked, k.next, func() {
			time.Sleep(lap)
			worked++
		})
		took := time.Since(start)
		switch {
		case took > 2*lap:
			t.Fatalf("ctx ended after %v, the work that was begun ended after %v, and Serve returned after %v: it has begun more", 3*lap/2, 2*lap, took)
		case took < 2*lap || worked != 2 || served != 2:
			t.Fatalf("ctx ended during the second work: Serve returned %d after %v, and work was called %d times", served, took, worked)
		case asked.Load() != 3:
			t.Fatalf("of 5 requests 2 were served when ctx ended, and %d are left in asked for the next Serve: want 3", asked.Load())
		}
	})
}

// Nobody asks, and Serve waits where it can be woken.
func TestServeWaits(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		k := newKernel(0)
		var asked atomic.Int64
		ctx, end := context.WithCancel(t.Context())
		time.AfterFunc(lap, end)
		looks := 0
		probe.Took(t, lap, func() {
			Serve(ctx, &asked, func(ctx context.Context) (Info, error) { looks++; return k.next(ctx) }, func() {})
		})
		if looks == 0 {
			t.Fatal("there was nothing to do, and Serve did not wait in next")
		}
	})
}
