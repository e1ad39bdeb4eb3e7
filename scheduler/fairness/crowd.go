package fairness

import (
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// rounds is how many turns everybody wants.
	rounds = 40

	// short is how long one computes in a turn, and long how long the greedy one does.
	short = 20 * time.Microsecond
	long  = 10 * short
)

// crowd is n goroutines that compute for a moment and step aside, again and again, and
// one guest. The first of the n is greedy: its moments are longer. The second is the
// host: each time before it steps aside it wakes the guest, who computes for a moment
// too and then blocks.
type crowd struct {
	begun atomic.Int64 // turns, by anybody
	over  atomic.Bool  // one of the others has had all its turns

	guest  []passing   // for each time that the guest was woken
	others [][]passing // for each of the others, each time that it stepped aside
	greedy int64       // turns that the greedy one had until it was over
}

// passing is what happened while one was ready and did not run.
type passing struct {
	turns  int64 // that began meanwhile
	waited int64 // nanoseconds
}

// away is the moment from which one is ready and does not run.
type away struct {
	begun int64
	at    time.Time
}

func (c *crowd) leave() away { return away{c.begun.Load(), time.Now()} }

func (c *crowd) back(from away) passing {
	return passing{c.begun.Load() - from.begun, int64(time.Since(from.at))}
}

// turn is one turn.
func (c *crowd) turn(d time.Duration) {
	c.begun.Add(1)
	for start := time.Now(); time.Since(start) < d; {
	}
}

// run lets everybody have their turns.
func (c *crowd) run(n int) {
	call := make(chan away)
	var wg sync.WaitGroup
	wg.Go(func() { // the guest
		for from := range call {
			c.guest = append(c.guest, c.back(from))
			c.turn(short)
		}
	})
	wg.Go(func() { // the greedy one
		for range rounds {
			c.turn(long)
			if !c.over.Load() {
				c.greedy++
			}
			runtime.Gosched()
		}
	})
	wg.Go(func() { // the host
		defer close(call)
		for range rounds {
			c.turn(short)
			call <- c.leave()
			runtime.Gosched()
		}
	})
	c.others = make([][]passing, n-2)
	for i := range c.others {
		wg.Go(func() {
			for range rounds {
				c.turn(short)
				from := c.leave()
				runtime.Gosched()
				c.others[i] = append(c.others[i], c.back(from))
			}
			c.over.Store(true)
		})
	}
	wg.Wait()
}

// middle returns the medians of both figures.
func middle(all []passing) (turns, waited int64) {
	median := func(figure func(passing) int64) int64 {
		var figures []int64
		for _, p := range all {
			figures = append(figures, figure(p))
		}
		slices.Sort(figures)
		return figures[len(figures)/2]
	}
	return median(func(p passing) int64 { return p.turns }), median(func(p passing) int64 { return p.waited })
}
