package lostwakeup

import (
	"context"

	"lab.example/gopark/ctxdemo/interrupt"
	"lab.example/gopark/ctxdemo/stage"
	"lab.example/gopark/internal/timeline"
)

// scene is two goroutines that wait, A before B.
type scene struct {
	m         interrupt.Mutex
	condition condition
	a, b      *stage.Actor
	bWaits    bool // at the end, when close has not yet freed it

	draw   stage.Figure
	number int // of A in the figure
	drawn  string
}

// wait is all that the two do.
func (s *scene) wait(h *interrupt.Handle) error {
	s.m.Lock()
	defer s.m.Unlock()
	return s.condition.Wait(h)
}

// set makes both wait.
func (s *scene) set(ctx context.Context, make func(*interrupt.Mutex) condition) error {
	s.condition = make(&s.m)
	for i, actor := range []**stage.Actor{&s.a, &s.b} {
		name := []string{"A", "B"}[i] + s.drawn
		s.draw.Goroutine(s.number+i, name, "", timeline.Running)
		*actor = stage.Go(name, s.wait)
		reason, err := (*actor).Blocked(ctx, ").Wait")
		if err != nil {
			return err
		}
		s.draw.Blocked(s.number+i, name, reason)
	}
	s.draw.Flag(s.a.Name(), false, "waiting")
	return nil
}

func (s *scene) interruptA() {
	s.draw.Flag(s.a.Name(), true, "interrupted")
	s.a.Interrupt()
}

// end waits until A has ended, which was interrupted or signalled or both, and B has ended or
// waits on; then it frees B. When A has ended nobody holds m, so B does not wait for that.
func (s *scene) end(ctx context.Context) (err error) {
	<-s.a.Done()
	s.bWaits, err = s.b.StillBlocked(ctx)
	s.drawEnd(0, s.a)
	if s.bWaits {
		s.condition.Broadcast()
	} else {
		s.drawEnd(1, s.b)
	}
	<-s.b.Done()
	return err
}

func (s *scene) drawEnd(i int, actor *stage.Actor) {
	s.draw.Goroutine(s.number+i, actor.Name(), timeline.Waiting, timeline.Running, timeline.Attr{Key: "by", Value: outcome(actor)})
	s.draw.Flag(actor.Name(), actor.IsInterrupted(), "wait has returned")
	s.draw.Goroutine(s.number+i, actor.Name(), timeline.Running, timeline.NotExist)
}

func outcome(actor *stage.Actor) string {
	if actor.Err() != nil {
		return interrupted
	}
	return signalled
}

// returned is how many waits have returned as signalled, for the one signal that was sent.
func (s *scene) returned() (n int) {
	if outcome(s.a) == signalled {
		n++
	}
	if !s.bWaits {
		n++
	}
	return n
}

// play plays the schedule and returns its row of the table.
func (sch schedule) play(ctx context.Context, draw stage.Figure, number int) (row []any, err error) {
	s := &scene{draw: draw, number: number, drawn: sch.drawn}
	if err := s.set(ctx, sch.make); err != nil {
		return nil, err
	}
	if err := sch.happen(ctx, s); err != nil {
		return nil, err
	}
	if err := s.end(ctx); err != nil {
		return nil, err
	}
	b, flag := waitsOn, flagClear
	if !s.bWaits {
		b = outcome(s.b)
	}
	if s.a.IsInterrupted() {
		flag = flagSet
	}
	return []any{sch.condition, sch.name, outcome(s.a), flag, b, s.returned()}, nil
}
