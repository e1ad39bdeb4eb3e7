package trylock

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"lab.example/gopark/labs/probe"
)

// Every test runs in a bubble, in which an hour passes in no time: durations are exact, and the
// first message that you see says what is wrong with Both.

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// lap is no round number, and it is the patience of everybody.
const lap = time.Second + 7*time.Nanosecond

// door is what several want to lock.
type door struct{ taken chan struct{} }

func newDoor() *door { return &door{make(chan struct{}, 1)} }

// take is TryLock. Who gets the door at the very moment at which his time is up is too late.
func (d *door) take(ctx context.Context, patience time.Duration) bool {
	if ctx.Err() != nil {
		return false
	}
	select {
	case d.taken <- struct{}{}:
		return true
	default:
	}
	start := time.Now()
	late := time.NewTimer(patience)
	defer late.Stop()
	select {
	case d.taken <- struct{}{}:
		if time.Since(start) < patience && ctx.Err() == nil {
			return true
		}
		<-d.taken
	case <-late.C:
	case <-ctx.Done():
	}
	return false
}

// caller calls Both, and sees what it does.
type caller struct {
	t      *testing.T
	who    string
	a, b   *hand
	pauses []time.Duration // the last one is repeated
	takes  time.Duration   // work

	paused, worked int
	began          time.Duration // work, since the call
	after          time.Duration // until Both has returned
	err            error
}

// hand is a door, in the hand of one caller.
type hand struct {
	*caller
	door  *door
	name  string
	holds bool
	tries int
	got   int
}

func newCaller(t *testing.T, who string, a, b *door) *caller {
	c := &caller{t: t, who: who, pauses: []time.Duration{2 * lap}, takes: lap}
	c.a = &hand{caller: c, door: a, name: "a"}
	c.b = &hand{caller: c, door: b, name: "b"}
	return c
}

// mostTries is far more than anybody needs here.
const mostTries = 300

func (h *hand) TryLock(ctx context.Context, d time.Duration) bool {
	switch h.tries++; {
	case h.holds:
		h.t.Fatalf("%s has the lock %s, and calls TryLock for it once more", h.who, h.name)
	case d > lap:
		h.t.Fatalf("deadlock: %s waits for the lock %s for up to %v, and its patience is %v: whoever holds that may wait for it", h.who, h.name, d, lap)
	case h.tries > mostTries && h.paused == 0:
		h.t.Fatalf("livelock: %s has tried %d times, and has never asked how long to stay out of the way: two that do the same at the same time never get on", h.who, mostTries)
	case h.tries > mostTries:
		h.t.Fatalf("%s has tried %d times, and there is no end in sight", h.who, mostTries)
	}
	if !h.door.take(ctx, d) {
		return false
	}
	h.holds = true
	h.got++
	time.Sleep(time.Nanosecond) // so that two who come at the same time both have their first one
	return true
}

func (h *hand) Unlock() {
	if !h.holds {
		h.t.Fatalf("%s gives back the lock %s, which it does not have: perhaps another one has it now", h.who, h.name)
	}
	h.holds = false
	<-h.door.taken
}

func (c *caller) pause() time.Duration {
	if c.a.holds || c.b.holds {
		c.t.Fatalf("%s stays out of the way with a lock in its hand: whoever waits for that gets no further", c.who)
	}
	d := c.pauses[min(c.paused, len(c.pauses)-1)]
	c.paused++
	return d
}

// both calls Both, and ends the test if it leaves something behind.
func (c *caller) both(ctx context.Context, inWork func()) {
	c.t.Helper()
	start := time.Now()
	defer func() {
		c.t.Helper()
		c.after = time.Since(start)
		for _, h := range []*hand{c.a, c.b} {
			if h.holds {
				c.t.Fatalf("%s has left, and has not given back the lock %s", c.who, h.name)
			}
		}
	}()
	c.err = Both(ctx, c.a, c.b, lap, c.pause, func() {
		c.began = time.Since(start)
		c.worked++
		if !c.a.holds || !c.b.holds {
			c.t.Fatalf("%s works, and does not have both locks", c.who)
		}
		time.Sleep(c.takes)
		inWork()
		if !c.a.holds || !c.b.holds {
			c.t.Fatalf("%s works, and does not have both locks", c.who)
		}
	})
}

// did ends the test if work was not done once, or began at another time.
func (c *caller) did(began time.Duration) {
	c.t.Helper()
	switch {
	case c.err != nil:
		c.t.Fatalf("%s: ctx has not ended, and Both returned the error %v", c.who, c.err)
	case c.worked != 1:
		c.t.Fatalf("%s: Both returned nil, and work was called %d times", c.who, c.worked)
	case c.began != began:
		c.t.Fatalf("%s: work began after %v, want %v", c.who, c.began, began)
	case c.after != c.began+c.takes:
		c.t.Fatalf("%s: work ended after %v, and Both returned after %v", c.who, c.began+c.takes, c.after)
	}
}

func nothing() {}

func TestNobodyElse(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		c := newCaller(t, "the only one", newDoor(), newDoor())
		c.both(t.Context(), nothing)
		c.did(2)
		if c.paused > 0 {
			t.Fatal("both locks were free, and Both has asked how long to stay out of the way")
		}
	})
}

// Two come at the same time, in the other order, and stay out of the way for equally long, three times.
func TestTwoInTheOtherOrder(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		a, b := newDoor(), newDoor()
		one, two := newCaller(t, "one of two", a, b), newCaller(t, "one of two", b, a)
		one.pauses = []time.Duration{lap, lap, lap, 7 * lap, lap}
		two.pauses = []time.Duration{lap, lap, lap, 2 * lap, lap}
		var all sync.WaitGroup
		all.Go(func() { one.both(t.Context(), nothing) })
		all.Go(func() { two.both(t.Context(), nothing) })
		all.Wait()
		if one.err == nil && two.err == nil && (one.paused != 4 || two.paused != 4) {
			t.Fatalf("two take turns: they have asked %d and %d times how long to stay out of the way, want 4 times each", one.paused, two.paused)
		}
		two.did(9*lap + 4 + 2)
		one.did(14*lap + 4 + 2)
	})
}

// Somebody holds one of the locks for a long time.
func TestOneIsHeld(t *testing.T) {
	for _, which := range []string{"a", "b"} {
		probe.Bubble(t, func(t *testing.T) {
			a, b := newDoor(), newDoor()
			held, own := a, time.Duration(0)
			if which == "b" {
				held, own = b, 1
			}
			held.taken <- struct{}{}
			time.AfterFunc(9*lap+lap/2, func() { <-held.taken })
			c := newCaller(t, "one who waits for the lock "+which, a, b)
			c.pauses = []time.Duration{2 * lap, 3 * lap, lap}
			c.both(t.Context(), nothing)
			// It tries after 0, 3, 7 and 9 laps, and a moment more for each a that it got.
			if c.err == nil && c.paused != 3 {
				t.Fatalf("the lock %s was held for %v, and Both has asked %d times how long to stay out of the way, want 3 times", which, 9*lap+lap/2, c.paused)
			}
			want := 9*lap + lap/2 + 1
			if own == 0 {
				want++ // for b
			}
			c.did(want)
		})
	}
}

// While it stays out of the way, others can have what it had.
func TestOutOfTheWay(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		a, b := newDoor(), newDoor()
		b.taken <- struct{}{}
		c := newCaller(t, "one who stays out of the way", a, b)
		free := false
		time.AfterFunc(lap+lap/2, func() {
			select {
			case a.taken <- struct{}{}:
				free = true
				<-a.taken
			default:
			}
			<-b.taken
		})
		c.both(t.Context(), nothing)
		if !free {
			t.Fatal("it had not got b in time, and has kept a: whoever holds b may wait for that")
		}
		c.did(3*lap + 3)
	})
}

var errClosing = errors.New("closing time")

func TestContextEnds(t *testing.T) {
	for _, tt := range []struct {
		story string
		held  string
		at    time.Duration
	}{
		{"while it waited for a", "a", lap / 2},
		{"while it waited for b, with a in its hand", "b", lap / 2},
		{"while it stayed out of the way", "b", 2 * lap},
		{"in a later attempt", "b", 3*lap + lap/2},
	} {
		t.Run(tt.story, func(t *testing.T) {
			probe.Bubble(t, func(t *testing.T) {
				a, b := newDoor(), newDoor()
				held := map[string]*door{"a": a, "b": b}[tt.held]
				held.taken <- struct{}{}
				ctx, end := context.WithCancelCause(t.Context())
				time.AfterFunc(tt.at, func() { end(errClosing) })
				c := newCaller(t, "one whose ctx ended "+tt.story, a, b)
				c.both(ctx, nothing)
				<-held.taken
				switch {
				case c.after > tt.at:
					t.Fatalf("ctx ended %s, after %v, and Both returned after %v", tt.story, tt.at, c.after)
				case c.after < tt.at:
					t.Fatalf("Both returned after %v, and ctx had not ended", c.after)
				case c.worked > 0:
					t.Fatalf("ctx ended %s, and work was called", tt.story)
				case c.err != errClosing:
					t.Fatalf("ctx ended %s, and Both returned %v, want the cause of ctx, %q", tt.story, c.err, errClosing)
				}
			})
		})
	}
}

func TestContextHasEnded(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		ctx, end := context.WithCancelCause(t.Context())
		end(errClosing)
		c := newCaller(t, "one whose ctx had ended", newDoor(), newDoor())
		c.both(ctx, nothing)
		if c.worked > 0 || c.a.tries+c.b.tries > 0 || c.err != errClosing {
			t.Fatalf("ctx had ended before the call: work was called %d times, TryLock %d times, and Both returned %v", c.worked, c.a.tries+c.b.tries, c.err)
		}
	})
}

func TestContextEndsDuringWork(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		ctx, end := context.WithCancel(t.Context())
		c := newCaller(t, "one whose ctx ended during work", newDoor(), newDoor())
		c.both(ctx, end)
		if c.err != nil {
			t.Fatalf("work was done when ctx ended, and Both returned the error %q", c.err)
		}
	})
}

func TestWorkPanics(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		c := newCaller(t, "one whose work panicked", newDoor(), newDoor())
		var got any
		func() {
			defer func() { got = recover() }()
			c.both(t.Context(), func() { panic("spilled") })
		}()
		if got != "spilled" {
			t.Fatalf("work panicked with %q, and what came out of Both is %v", "spilled", got)
		}
		synctest.Wait()
	})
}

// Many take the same two locks, half of them in the other order.
func TestMany(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		a, b := newDoor(), newDoor()
		var all sync.WaitGroup
		var most probe.Meter
		for i := range 10 {
			c := newCaller(t, "one of ten", a, b)
			if i%2 == 1 {
				c = newCaller(t, "one of ten", b, a)
			}
			c.takes = lap / 10
			c.pauses = nil
			for n := range 50 {
				c.pauses = append(c.pauses, time.Duration(1+(i*7+n*n*13+n*i*5)%23)*lap/3)
			}
			all.Go(func() {
				c.both(t.Context(), func() { defer most.Enter()() })
				if c.worked != 1 || c.err != nil {
					t.Errorf("one of ten has worked %d times, and Both returned %v", c.worked, c.err)
				}
			})
		}
		all.Wait()
		probe.MaxInFlight(t, &most, 1)
	})
}
