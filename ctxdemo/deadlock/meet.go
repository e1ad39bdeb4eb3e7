package deadlock

import (
	"context"
	"errors"
	"sync"

	"lab.example/gopark/ctxdemo/interrupt"
	"lab.example/gopark/ctxdemo/stage"
	"lab.example/gopark/internal/timeline"
)

// meeting is a pair in its deadlock. By 0 and 1 are meant p and q.
type meeting struct {
	pair
	locks  [2]sync.Locker // each is held by its actor
	actors [2]*stage.Actor
	begun  sync.WaitGroup // until each holds its lock
	taken  bool           // the lock of p was taken away from it: see rescue

	draw   stage.Figure
	number int // of p in the figure
}

// meet brings the two into their deadlock, does what the pair's line says, and returns its row
// of the table.
func (p pair) meet(ctx context.Context, draw stage.Figure, number int) (row []any, err error) {
	m := &meeting{pair: p, locks: [2]sync.Locker{p.make(), p.make()}, draw: draw, number: number}
	m.begun.Add(2)
	for who, acquire := range []acquire{p.lockP, p.lockQ} {
		m.step(who, "", timeline.Running)
		m.actors[who] = stage.Go(m.called(who), func(h *interrupt.Handle) error { return m.cross(h, who, acquire) })
	}
	waited := ""
	if p.waited != "" {
		if waited, err = m.deadlocked(ctx); err != nil {
			return nil, err
		}
	}
	for _, who := range p.interrupts {
		m.draw.Flag(m.called(who), true, "interrupted")
		m.actors[who].Interrupt()
	}
	if err := m.settle(ctx); err != nil {
		return nil, err
	}
	row = []any{p.name, p.then, waited, m.end(0), m.end(1), m.flag(0), m.flag(1)}
	m.rescue()
	return row, nil
}

// cross is what either does: it takes its own lock, and then that of the other.
func (m *meeting) cross(h *interrupt.Handle, who int, acquire acquire) error {
	own, other := m.locks[who], m.locks[1-who]
	own.Lock()
	m.begun.Done()
	m.begun.Wait()
	if err := m.wait(h, other, acquire); err != nil {
		if !m.keeps || who != 0 {
			own.Unlock()
		}
		return err
	}
	other.Unlock()
	if !m.taken || who != 0 {
		own.Unlock()
	}
	return nil
}

// wait is where the two stop. It is apart from cross so that it can be found in a dump.
func (*meeting) wait(h *interrupt.Handle, other sync.Locker, acquire acquire) error {
	return acquire(h, other)
}

// deadlocked waits until both are blocked, and returns in what p is.
func (m *meeting) deadlocked(ctx context.Context) (waited string, err error) {
	for who := 1; who >= 0; who-- {
		if waited, err = m.actors[who].Blocked(ctx, "deadlock.(*meeting).wait"); err != nil {
			return "", err
		}
	}
	for who := range m.actors {
		m.draw.Blocked(m.number+who, m.called(who), waited)
		m.draw.Flag(m.called(who), m.actors[who].IsInterrupted(), "in the deadlock")
	}
	return waited, nil
}

// settle waits until each has ended or is blocked for good. What one does can free the other,
// so both are asked twice.
func (m *meeting) settle(ctx context.Context) error {
	for range 2 {
		for _, actor := range m.actors {
			if _, err := actor.StillBlocked(ctx); err != nil {
				return err
			}
		}
	}
	for who, actor := range m.actors {
		if m.end(who) != forEver {
			m.step(who, timeline.Waiting, timeline.Running, timeline.Attr{Key: "by", Value: m.end(who)})
			m.draw.Flag(m.called(who), actor.IsInterrupted(), "free")
			m.step(who, timeline.Running, timeline.NotExist)
		}
	}
	return nil
}

// end returns what has become of one of the two.
func (m *meeting) end(who int) string {
	select {
	case <-m.actors[who].Done():
	default:
		return forEver
	}
	switch err := m.actors[who].Err(); {
	case err == nil:
		return both
	case errors.Is(err, interrupt.ErrInterrupted):
		return interrupted
	default:
		return err.Error()
	}
}

func (m *meeting) flag(who int) string {
	if m.actors[who].IsInterrupted() {
		return flagSet
	}
	return flagClear
}

// rescue ends what is left of the deadlock when all has been seen: it takes the lock of p away
// and lets q have it. No program could do that which is worth being saved.
func (m *meeting) rescue() {
	if m.end(1) == forEver {
		m.taken = true
		m.locks[0].Unlock()
	}
	<-m.actors[0].Done()
	<-m.actors[1].Done()
}

// called is the name of one of the two in the figure.
func (m *meeting) called(who int) string { return [2]string{"p", "q"}[who] + m.drawn }

func (m *meeting) step(who int, from, to timeline.State, attrs ...timeline.Attr) {
	m.draw.Goroutine(m.number+who, m.called(who), from, to, attrs...)
}
