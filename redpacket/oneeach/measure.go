package oneeach

import (
	"context"
	"errors"
	"fmt"
	"math"
	"runtime"
	"sync"
	"time"

	"lab.example/gopark/redpacket"
	"lab.example/gopark/redpacket/grab"
	"lab.example/gopark/redpacket/grab/alternatives"
)

// envelope is one that is to be emptied.
type envelope struct {
	grab  func(user string) error
	close func()
}

// way is a way to build one.
type way struct {
	name string
	make func(redpacket.Params) (envelope, error)
}

// nobody remembers no users: it is what the others are compared with.
const nobody = "nobody is remembered"

func ways() []way {
	all := []way{{nobody, func(p redpacket.Params) (envelope, error) {
		pile, err := grab.NewPile(p)
		return envelope{func(string) error { _, err := pile.Take(); return err }, func() {}}, err
	}}}
	for _, w := range alternatives.Ways() {
		all = append(all, way{w.Name, func(p redpacket.Params) (envelope, error) {
			e, err := w.New(p, nil)
			if err != nil {
				return envelope{}, err
			}
			return envelope{func(user string) error { _, err := e.Grab(context.Background(), user); return err }, e.Close}, nil
		}})
	}
	return all
}

// price is what a grab costs: nanoseconds of the clock, for all goroutines together.
type price struct {
	alone float64 // by one goroutine
	crowd float64 // by many
	again float64 // by one, for users who have a part already
	bytes float64 // allocated for each user, with the envelope
}

const (
	rounds   = 25 // of which the best counts: what disturbs a round makes it longer
	crowding = 8  // goroutines
)

// measure returns the price of each way, in turns, so that a bad moment of the machine hits all
// of them alike.
func measure(ctx context.Context, all []way, p redpacket.Params) ([]price, error) {
	names := make([]string, p.N)
	for i := range names {
		names[i] = fmt.Sprintf("user-%08d", i)
	}
	best := make([]price, len(all))
	for i := range best {
		best[i] = price{math.Inf(1), math.Inf(1), math.Inf(1), math.Inf(1)}
	}
	for range rounds {
		for i, w := range all {
			if ctx.Err() != nil {
				return nil, context.Cause(ctx)
			}
			if err := best[i].round(w, p, names); err != nil {
				return nil, fmt.Errorf("%s: %w", w.name, err)
			}
		}
	}
	return best, nil
}

// round lowers prices to what they are in one round.
func (best *price) round(w way, p redpacket.Params, names []string) error {
	before := allocated()
	e, err := w.make(p)
	if err != nil {
		return err
	}
	defer e.close()
	each := func(took time.Duration) float64 { return float64(took.Nanoseconds()) / float64(len(names)) }
	alone, err := empty(e, names, 1)
	if err != nil {
		return err
	}
	best.alone = min(best.alone, each(alone))
	best.bytes = min(best.bytes, float64(allocated()-before)/float64(len(names)))
	if w.name != nobody {
		again, err := empty(e, names, 1)
		if err != nil {
			return err
		}
		best.again = min(best.again, each(again))
	}
	another, err := w.make(p)
	if err != nil {
		return err
	}
	defer another.close()
	crowd, err := empty(another, names, crowding)
	best.crowd = min(best.crowd, each(crowd))
	return err
}

// empty grabs for each name, by so many goroutines, and returns how long that took. One
// goroutine is this one: to start another takes longer than some envelopes take to empty.
func empty(e envelope, names []string, goroutines int) (time.Duration, error) {
	if goroutines == 1 {
		since := time.Now()
		err := grabAll(e, names)
		return time.Since(since), err
	}
	var ready, done sync.WaitGroup
	ready.Add(goroutines)
	begin := make(chan struct{})
	failed := make([]error, goroutines)
	for i := range goroutines {
		mine := names[i*len(names)/goroutines : (i+1)*len(names)/goroutines]
		done.Go(func() {
			ready.Done()
			<-begin
			failed[i] = grabAll(e, mine)
		})
	}
	ready.Wait()
	since := time.Now()
	close(begin)
	done.Wait()
	return time.Since(since), errors.Join(failed...)
}

func grabAll(e envelope, names []string) error {
	for _, name := range names {
		if err := e.grab(name); err != nil {
			return err
		}
	}
	return nil
}

func allocated() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.TotalAlloc
}
