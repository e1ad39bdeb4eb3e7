package urgent

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"slices"
	"sync/atomic"
	"time"

	"lab.example/gopark/internal/child"
	"lab.example/gopark/internal/experiment"
)

// caseVariable names the case to a process.
const caseVariable = "URGENT_CASE"

// computing is the program of all cases.
type computing struct {
	channel, other chan os.Signal // c and d of the cases
	rounds         int            // of compute, at most
}

// program calls what its case says, looks whether its loops can be interrupted, and prints
// what arrived on its channel and the answers.
func program(_ context.Context, r *experiment.Recorder) error {
	i := slices.IndexFunc(cases, func(c called) bool { return c.name == os.Getenv(caseVariable) })
	if i < 0 {
		return fmt.Errorf("no case %q", os.Getenv(caseVariable))
	}
	c := cases[i]
	if c.inherits {
		if err := child.ExecIgnoring(urg); err != nil {
			return err
		}
	}
	// The loops run on this thread, and what is sent by hand is sent to it. A signal that
	// a thread sends to itself has been handled before it goes on.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	rounds, err := roundsIn(time.Duration(r.Knob("loop")) * time.Millisecond)
	if err != nil {
		return err
	}
	p := &computing{channel: make(chan os.Signal, 100), other: make(chan os.Signal, 1), rounds: rounds}
	defer signal.Stop(p.channel)
	defer signal.Stop(p.other)
	for _, call := range c.calls {
		if err := call(p); err != nil {
			return err
		}
	}
	seen, err := p.try(c)
	if err != nil {
		return err
	}
	fmt.Println(seen.arrived)
	fmt.Println(seen.stopped)
	fmt.Println(seen.woke)
	return nil
}

// try sends what is to be sent, and runs the loops of a case.
func (p *computing) try(c called) (result, error) {
	// What arrives on the one channel has arrived on the other before.
	end := make(chan os.Signal, 1)
	signal.Notify(end, last)
	defer signal.Stop(end)
	p.drain() // what came between two calls: on a busy machine any thread may be interrupted
	for _, s := range c.sent {
		p.send(s)
	}
	stopped, err := p.worldStops()
	if err != nil {
		return result{}, err
	}
	p.send(last)
	<-end
	seen := result{list(p.drain()), when(stopped), notTried}
	if c.sleeps {
		woke, err := p.sleeperWakes()
		if err != nil {
			return result{}, err
		}
		seen.woke = when(woke)
	}
	return seen, nil
}

// drain takes what is in the channel, except for the last signal.
func (p *computing) drain() (all []os.Signal) {
	for {
		select {
		case s := <-p.channel:
			if s != last {
				all = append(all, s)
			}
		default:
			return all
		}
	}
}

// worldStops reports whether somebody who has to stop all Ps for a moment is done before
// the loop has ended that runs on one of two.
func (p *computing) worldStops() (bool, error) {
	runtime.GOMAXPROCS(2)
	return p.endsFirst(p.rounds, func(looping, acting *atomic.Bool) {
		for !looping.Load() {
			runtime.Gosched()
		}
		acting.Store(true)
		runtime.ReadMemStats(new(runtime.MemStats))
	})
}

// longer is how many times longer than the loop beside the stopping of the world the one
// beside a sleeper is. The former is interrupted at once, the latter when sysmon sees that
// its time slice is over, and on a busy machine sysmon is late.
const longer = 6

// sleeperWakes reports whether a goroutine that sleeps for a millisecond wakes before the
// loop has ended that runs on the only P.
func (p *computing) sleeperWakes() (bool, error) {
	runtime.GOMAXPROCS(1)
	return p.endsFirst(longer*p.rounds, func(_, acting *atomic.Bool) {
		acting.Store(true)
		time.Sleep(time.Millisecond)
	})
}

// tries is how often a loop is begun that comes too late.
const tries = 10

// endsFirst reports whether f, in a goroutine of its own, returns before a loop does. The
// rounds of the loop count from the moment when f says that it is acting. If f has
// returned before there was a loop, or does not come to act, the machine had something
// else to do in between, and it is all done again.
func (p *computing) endsFirst(rounds int, f func(looping, acting *atomic.Bool)) (bool, error) {
	for range tries {
		var began atomic.Bool
		var l looping
		done := make(chan struct{})
		go func() {
			began.Store(true)
			f(&l.looping, &l.acting)
			l.ended.Store(true)
			close(done)
		}()
		for !began.Load() {
			runtime.Gosched()
		}
		made, _ := l.compute(rounds)
		first := l.ended.Load()
		<-done
		if made > 0 {
			return first, nil
		}
	}
	return false, experiment.Unmet("the machine is too busy: %d times a loop and its neighbour did not meet", tries)
}

// looping is what a loop and the others say to each other.
type looping struct{ looping, acting, ended atomic.Bool }

// compute is the loop. It calls nothing, so the compiler has put no place into it where
// it would offer its P to others. It ends so many rounds after others have begun to act,
// or when it finds at the beginning of a round that they have ended. It returns how many
// rounds it has made, 0 if the others did not come to act, and a number that is of
// interest to nobody.
//
//go:noinline
func (l *looping) compute(rounds int) (made int, x uint64) {
	const patience = 50
	for left := rounds; left > 0; made++ {
		if made == patience*rounds {
			return 0, x
		}
		if l.ended.Load() {
			return made, x
		}
		l.looping.Store(true)
		if l.acting.Load() {
			left--
		}
		for range 10_000 {
			x = x*6364136223846793005 + 1442695040888963407
		}
	}
	return made, x
}

// roundsIn returns how many rounds keep this thread computing for d. It asks for the time
// that the thread was running: others may have the core in between.
func roundsIn(d time.Duration) (int, error) {
	const rounds = 100
	best := time.Duration(0)
	for range 3 {
		var alone looping
		alone.acting.Store(true)
		start, err := threadTime()
		if err != nil {
			return 0, err
		}
		alone.compute(rounds)
		end, err := threadTime()
		if err != nil {
			return 0, err
		}
		if took := end - start; best == 0 || took < best {
			best = took
		}
	}
	return int(d*rounds/max(best, 1)) + 1, nil
}
