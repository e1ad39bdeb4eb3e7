package lostwakeup

import (
	"context"
	"sync"

	"lab.example/gopark/ctxdemo/interrupt"
)

// tally is where the signals of many rounds have gone.
type tally struct{ toA, toB, lost, doubled int64 }

// runRace has an interrupt of A and a signal race, in each round with new goroutines.
func runRace(ctx context.Context, make func(*interrupt.Mutex) condition, rounds int) (t tally, err error) {
	for i := range rounds {
		s := new(scene)
		if err := s.set(ctx, make); err != nil {
			return t, err
		}
		var both sync.WaitGroup
		racers := []func(){s.a.Interrupt, s.condition.Signal}
		both.Go(racers[i%2]) // whoever is started last often runs first
		both.Go(racers[1-i%2])
		both.Wait()
		if err := s.end(ctx); err != nil {
			return t, err
		}
		switch a := outcome(s.a) == signalled; {
		case s.returned() == 0:
			t.lost++
		case s.returned() == 2:
			t.doubled++
		case a:
			t.toA++
		default:
			t.toB++
		}
	}
	return t, nil
}
