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
	turns  [][]turn    // of each goroutine, by who it is
}

// Who is who among the goroutines. The others follow the host.
const (
	theGuest = iota
	theGreedy
	theHost
	firstOther
)

// turn is one turn that somebody had.
type turn struct {
	ready        time.Time // when it was woken or stepped aside, if that is known
	began, ended time.Time
	behind       int64 // turns that began while it was ready
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

// turn is one turn, of somebody who was ready from then on; the zero away, if that is not
// known.
func (c *crowd) turn(who int, from away, d time.Duration) {
	behind := c.begun.Add(1) - 1 - from.begun
	began := time.Now()
	for time.Since(began) < d {
	}
	c.turns[who] = append(c.turns[who], turn{from.at, began, time.Now(), behind})
}

// run lets everybody have their turns.
func (c *crowd) run(n int) {
	c.turns = make([][]turn, firstOther+n-2)
	for who := range c.turns {
		c.turns[who] = make([]turn, 0, rounds)
	}
	call := make(chan away)
	var wg sync.WaitGroup
	wg.Go(func() { // the guest
		for from := range call {
			c.guest = append(c.guest, c.back(from))
			c.turn(theGuest, from, short)
		}
	})
	wg.Go(func() { // the greedy one
		for range rounds {
			c.turn(theGreedy, away{}, long)
			if !c.over.Load() {
				c.greedy++
			}
			runtime.Gosched()
		}
	})
	wg.Go(func() { // the host
		defer close(call)
		for round := range rounds {
			c.turn(theHost, away{}, short)
			call <- c.leave()
			c.turns[theHost][round].ended = time.Now()
			runtime.Gosched()
		}
	})
	c.others = make([][]passing, n-2)
	for i := range c.others {
		wg.Go(func() {
			var from away
			for range rounds {
				c.turn(firstOther+i, from, short)
				from = c.leave()
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
