package reap

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"lab.example/gopark/labs/probe"
)

// Every test runs in a bubble, in which an hour passes in no time: durations are exact, and
// the first message that you see says what is wrong with Reap. Processes and signals are those of a
// table of our own.

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// lap is no round number: whoever looks from time to time is late.
const lap = time.Second + 7*time.Nanosecond

// procs is a table of processes, and the signals of their parent.
type procs struct {
	t     *testing.T
	start time.Time
	chld  chan struct{}
	looks func(pid int) // called before each look at a child

	lesson string // what there is to say about zombies

	mu      sync.Mutex
	all     map[int]*proc
	calls   int
	signals int
	reaped  map[int]time.Duration // own ones, since start
	stolen  []int                 // numbers of children of others that were reaped
}

type proc struct {
	foreign bool
	ended   bool
	status  Status
}

// newProcs returns a table in which the children with these numbers are running: own ones, and
// those of others.
func newProcs(t *testing.T, own, foreign []int) *procs {
	p := &procs{
		t: t, start: time.Now(), chld: make(chan struct{}, 1), looks: func(int) {},
		lesson: "signals are not counted, one may stand for many",
		all:    map[int]*proc{}, reaped: map[int]time.Duration{},
	}
	for _, pid := range own {
		p.all[pid] = &proc{status: statusOf(pid)}
	}
	for _, pid := range foreign {
		p.all[pid] = &proc{foreign: true, status: statusOf(pid)}
	}
	return p
}

func statusOf(pid int) Status {
	if pid%3 == 0 {
		return Status{Signal: "SIGKILL"}
	}
	return Status{Exit: pid % 256}
}

// end ends children, at the same instant: the pending signal is one.
func (p *procs) end(pids ...int) {
	p.mu.Lock()
	for _, pid := range pids {
		p.all[pid].ended = true
	}
	p.signals++
	p.mu.Unlock()
	select {
	case p.chld <- struct{}{}:
	default:
	}
}

func (p *procs) endAfter(d time.Duration, pids ...int) { time.AfterFunc(d, func() { p.end(pids...) }) }

// mostCalls is far more than anybody needs who sleeps until there is a signal.
const mostCalls = 5000

func (p *procs) wait(pid int) (int, Status, error) {
	p.looks(pid)
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.calls++; p.calls > mostCalls {
		p.t.Fatalf("wait was called %d times, and there were %d signals: between two signals there is nothing to see", p.calls, p.signals)
	}
	found := false
	for _, n := range slices.Sorted(maps.Keys(p.all)) {
		if pid != -1 && pid != n {
			continue
		}
		found = true
		c := p.all[n]
		if !c.ended {
			continue
		}
		delete(p.all, n)
		if c.foreign {
			p.stolen = append(p.stolen, n)
		} else {
			p.reaped[n] = time.Since(p.start)
		}
		return n, c.status, nil
	}
	if !found {
		return -1, Status{}, ErrNoChild
	}
	return 0, Status{}, nil
}

// reap calls Reap, for an hour at most, and ends the test if that is how long it took, or if it took
// what is not ours.
func (p *procs) reap(ctx context.Context, own []int) (map[int]Status, error) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(ctx, time.Hour)
	defer cancel()
	before := slices.Clone(own)
	got, err := Reap(ctx, p.wait, p.chld, own)
	p.mu.Lock()
	defer p.mu.Unlock()
	if !slices.Equal(own, before) {
		p.t.Fatalf("Reap has changed the list of numbers that it was given: it was %v and is %v", before, own)
	}
	if len(p.stolen) > 0 {
		p.t.Fatalf("Reap has reaped a child of somebody else, number %d: who has started it waits for it in vain", p.stolen[0])
	}
	var zombies []int
	for _, pid := range own {
		if c := p.all[pid]; c != nil && c.ended && !c.foreign {
			zombies = append(zombies, pid)
		}
	}
	if time.Since(p.start) >= time.Hour {
		switch {
		case len(zombies) > 0 && p.signals == 0:
			p.t.Fatalf("zombies: %d of %d children had ended before the call, no signal came for them any more, and they were not reaped within an hour", len(zombies), len(own))
		case len(zombies) > 0:
			p.t.Fatalf("zombies: of %d children, which ended with %d signals, %d were not reaped within an hour: %s", len(own), p.signals, len(zombies), p.lesson)
		default:
			p.t.Fatalf("all children had ended and were reaped, by Reap or by others, and Reap has waited for more")
		}
	}
	for pid, status := range got {
		if status != statusOf(pid) {
			p.t.Fatalf("child %d has ended with the status %+v, and Reap returned %+v", pid, statusOf(pid), status)
		}
	}
	return got, err
}

// want ends the test if other children were reaped than those in at, or at other times.
func (p *procs) want(got map[int]Status, at map[int]time.Duration) {
	p.t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, pid := range slices.Sorted(maps.Keys(at)) {
		want := at[pid]
		_, has := got[pid]
		switch after, ok := p.reaped[pid]; {
		case !ok:
			p.t.Fatalf("Reap returned, and child %d was never reaped", pid)
		case after != want:
			p.t.Fatalf("child %d could be reaped after %v, when the signal came, and was a zombie until %v", pid, want, after)
		case !has:
			p.t.Fatalf("a status is lost: child %d was reaped, and Reap has not returned its status", pid)
		}
	}
	if len(got) > len(at) {
		p.t.Fatalf("Reap returned %d statuses, of %d children: %v", len(got), len(at), got)
	}
	if most := 3 * (p.signals + 2) * max(len(at), 4); p.calls > most {
		p.t.Fatalf("wait was called %d times, with %d children and %d signals: between two signals there is nothing to see", p.calls, len(at), p.signals)
	}
}

// all ends the test if Reap, called for these children, does not return their statuses and nil.
func (p *procs) allOf(own []int, at map[int]time.Duration) {
	p.t.Helper()
	got, err := p.reap(p.t.Context(), own)
	p.want(got, at)
	var last time.Duration
	for _, d := range at {
		last = max(last, d)
	}
	switch took := time.Since(p.start); {
	case err != nil:
		p.t.Fatalf("all children were reaped, and Reap returned the error %q", err)
	case took != last:
		p.t.Fatalf("the last child was reaped after %v, and Reap returned after %v", last, took)
	}
}

func TestNoChildren(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		p := newProcs(t, nil, []int{7})
		p.end(7)
		p.allOf(nil, nil)
	})
}

func TestOneAfterAnother(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		own := []int{11, 12, 13, 14}
		p := newProcs(t, own, nil)
		at := map[int]time.Duration{11: 2 * lap, 12: 4 * lap, 13: lap, 14: 3 * lap}
		for pid, d := range at {
			p.endAfter(d, pid)
		}
		p.allOf(own, at)
	})
}

// A whole group ends, and there is one signal.
func TestManyAtOnce(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		var own []int
		at := map[int]time.Duration{}
		for pid := 100; pid < 150; pid++ {
			own = append(own, pid)
			at[pid] = lap
		}
		p := newProcs(t, own, nil)
		p.endAfter(lap, own...)
		p.allOf(own, at)
	})
}

// Some end, and others, before and after them in the list, go on.
func TestSomeOfThem(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		own := []int{25, 21, 23, 22, 24}
		p := newProcs(t, own, nil)
		p.endAfter(lap, 21, 22)
		p.endAfter(2*lap, 24, 23)
		p.endAfter(3*lap, 25)
		p.allOf(own, map[int]time.Duration{21: lap, 22: lap, 23: 2 * lap, 24: 2 * lap, 25: 3 * lap})
	})
}

func TestEndedBefore(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		p := newProcs(t, []int{31, 32}, nil)
		p.all[31].ended, p.all[32].ended = true, true // and the signal has gone
		p.allOf([]int{31, 32}, map[int]time.Duration{31: 0, 32: 0})
	})
	probe.Bubble(t, func(t *testing.T) {
		p := newProcs(t, []int{31, 32}, nil)
		p.all[32].ended = true
		p.endAfter(lap, 31)
		p.allOf([]int{31, 32}, map[int]time.Duration{31: lap, 32: 0})
	})
}

func TestChildrenOfOthers(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		own := []int{42, 44}
		p := newProcs(t, own, []int{41, 43, 45})
		p.endAfter(lap, 41)
		p.endAfter(2*lap, 42, 43)
		p.endAfter(3*lap, 45)
		p.endAfter(4*lap, 44)
		p.allOf(own, map[int]time.Duration{42: 2 * lap, 44: 4 * lap})
	})
}

// A number that Reap is done with is given to a child of somebody else.
func TestNumberIsUsedAgain(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		own := []int{51, 52}
		p := newProcs(t, own, nil)
		p.endAfter(lap, 51)
		time.AfterFunc(3*lap/2, func() {
			p.mu.Lock()
			defer p.mu.Unlock()
			p.all[51] = &proc{foreign: true, status: statusOf(51)}
		})
		p.endAfter(2*lap, 51)
		p.endAfter(3*lap, 52)
		p.allOf(own, map[int]time.Duration{51: lap, 52: 3 * lap})
	})
}

// A child ends right after it was looked at, while the others are.
func TestEndsWhileOthersAreLookedAt(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		own := []int{61, 62, 63}
		p := newProcs(t, own, nil)
		p.lesson = "they ended while Reap looked at another, and their signal was thrown away"
		looked := map[int]bool{}
		p.looks = func(pid int) {
			looked[pid] = true
			if len(looked) == 3 && !p.all[61].ended { // two have been looked at, and the third is about to be
				first := 61
				if pid == 61 {
					first = 62
				}
				p.all[61].ended, p.all[62].ended, p.all[63].ended = true, true, true
				p.end(first)
				p.looks = func(int) {}
			}
		}
		p.allOf(own, map[int]time.Duration{61: 0, 62: 0, 63: 0})
	})
}

// Somebody reaps everything that he finds.
func TestSomebodyElseWasFaster(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		own := []int{71, 72, 73}
		p := newProcs(t, own, nil)
		time.AfterFunc(lap, func() {
			p.mu.Lock()
			delete(p.all, 71)
			p.mu.Unlock()
			p.end(72)
		})
		p.endAfter(2*lap, 73)
		got, err := p.reap(t.Context(), own)
		if _, ok := got[71]; ok {
			t.Fatalf("somebody else has reaped child 71, and Reap returned a status for it: %+v", got[71])
		}
		p.want(got, map[int]time.Duration{72: lap, 73: 2 * lap})
		if !errors.Is(err, ErrNoChild) {
			t.Fatalf("somebody else has reaped one of the children, and Reap returned the error %v: want ErrNoChild", err)
		}
	})
}

func TestContextEnds(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		own := []int{81, 82, 83}
		errShutdown := errors.New("shutting down")
		ctx, end := context.WithCancelCause(t.Context())
		p := newProcs(t, own, nil)
		p.endAfter(lap, 82)
		time.AfterFunc(3*lap/2, func() { end(errShutdown) })
		p.endAfter(2*lap, 81, 83)
		got, err := p.reap(ctx, own)
		if took := time.Since(p.start); took != 3*lap/2 {
			t.Fatalf("ctx ended after %v, and Reap returned after %v", 3*lap/2, took)
		}
		p.want(got, map[int]time.Duration{82: lap})
		if err != errShutdown {
			t.Fatalf("ctx ended, and Reap returned the error %v: want the cause of ctx, %q", err, errShutdown)
		}
		time.Sleep(lap)
		p.mu.Lock()
		defer p.mu.Unlock()
		if len(p.reaped) > 1 {
			t.Fatal("Reap has returned, and somebody goes on reaping")
		}
	})
}
