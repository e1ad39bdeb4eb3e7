package counting

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"

	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/redpacket/grab"
)

// scenes are what happens to one split.
type scenes struct {
	parts []int64
	most  int64
	draw  picture
}

// envelope returns a new one with the parts in it.
func (s scenes) envelope() grab.Envelope { return grab.Of(grab.PileOf(slices.Clone(s.parts))) }

// counts lets everybody count what he has drawn, in one way after the other.
func (s scenes) counts(t *experiment.Table) error {
	t.Header = countsHeader
	all := len(s.parts)
	for _, size := range inBetween {
		counted, err := s.twoSteps(size)
		if err != nil {
			return err
		}
		t.Add(twoSteps, size, all, counted, all-counted, s.overwritten(size))
	}
	locked := &careful{drawn: make(map[int64]int)}
	atomic := newAtomics(1, s.most)
	for _, right := range []struct {
		how   string
		add   func(int64)
		total func() int
	}{
		{oneLock, locked.add, locked.total},
		{oneAdd, atomic.add, atomic.total},
	} {
		if err := everybody(s.envelope(), 0, all, func(g grab.Grant) { right.add(g.Amount) }); err != nil {
			return err
		}
		t.Add(right.how, asTheyCome, all, right.total(), all-right.total(), 0)
	}
	e := s.envelope()
	if err := everybody(e, 0, all, func(grab.Grant) {}); err != nil {
		return err
	}
	counted := totalOf(count(e))
	t.Add(snapshot, asTheyCome, all, counted, all-counted, 0)
	return nil
}

// twoSteps counts carelessly, and returns what is in the store then.
func (s scenes) twoSteps(size int) (counted int, err error) {
	store := &careless{drawn: make(map[int64]int)}
	rows := newRows(len(s.parts), size)
	figure := s.draw.of(s.parts, size)
	err = everybody(s.envelope(), 0, len(s.parts), func(g grab.Grant) {
		n := 0
		rows.pass(g.Index, func() bool {
			n = store.read(g.Amount)
			figure.read(g.Index, n)
			return true
		}, func() {
			store.write(g.Amount, n+1)
			figure.wrote(g.Index, n+1)
		})
	})
	return totalOf(store.drawn), err
}

// overwritten is how many draws must be missing if people count in rows of size: in each row,
// all but one of those who have drawn the same.
func (s scenes) overwritten(size int) (n int) {
	for row := range slices.Chunk(s.parts, size) {
		amounts := slices.Clone(row)
		slices.Sort(amounts)
		n += len(row) - len(slices.Compact(amounts))
	}
	return n
}

// onSale is how many parts there are when rows of size come for them: one more than some full
// rows take, so that the last row finds one.
func onSale(size, people int) int64 { return int64(max(1, people/size)*size + 1) }

// sales sells parts to more people than there are parts.
func (s scenes) sales(t *experiment.Table) error {
	t.Header = salesHeader
	for _, size := range inBetween {
		e := &hasty{parts: int(onSale(size, len(s.parts)))}
		people := e.parts + 3*size
		rows := newRows(people, size)
		crowd(people, func(i int) { rows.pass(i, e.anyLeft, e.take) })
		t.Add(lookThenTake, size, e.parts, e.given, e.given-e.parts)
	}
	e := s.envelope()
	var given atomic.Int64
	var failed error
	var once sync.Once
	crowd(2*len(s.parts), func(i int) {
		switch _, err := e.Grab(context.Background(), fmt.Sprint("user-", i)); {
		case err == nil:
			given.Add(1)
		case !errors.Is(err, grab.ErrSoldOut):
			once.Do(func() { failed = err })
		}
	})
	t.Add(oneStep, asTheyCome, len(s.parts), given.Load(), int(given.Load())-len(s.parts))
	return failed
}

// looks asks how much has been drawn when half of all have drawn, and not counted yet.
func (s scenes) looks(t *experiment.Table) error {
	t.Header = looksHeader
	e, store := s.envelope(), newAtomics(1, s.most)
	half := len(s.parts) / 2
	var grabbed sync.WaitGroup
	grabbed.Add(half)
	asked := make(chan struct{})
	var failed error
	var asking sync.WaitGroup
	asking.Go(func() {
		defer close(asked)
		grabbed.Wait()
		t.Add(askStore, half, store.total())
		t.Add(askEnvelope, half, totalOf(count(e)))
	})
	failed = everybody(e, 0, half, func(g grab.Grant) {
		grabbed.Done()
		<-asked
		store.add(g.Amount)
	})
	asking.Wait()
	if failed == nil && store.total() != half {
		failed = fmt.Errorf("in the end %d of %d were counted", store.total(), half)
	}
	return failed
}

const mostLooks = 1000

// watched looks at the envelope while it is grabbed: once when half of all have grabbed, and
// before that as often as it comes to that.
func (s scenes) watched(seen *observed) error {
	e := s.envelope()
	stop := make(chan struct{})
	var watcher sync.WaitGroup
	watcher.Go(func() {
		for range mostLooks {
			select {
			case <-stop:
				return
			default:
				s.look(e, seen)
			}
		}
	})
	half := len(s.parts) / 2
	first := everybody(e, 0, half, func(grab.Grant) {})
	close(stop)
	watcher.Wait()
	s.look(e, seen)
	return errors.Join(first, everybody(e, half, len(s.parts)-half, func(grab.Grant) {}))
}

// look takes a snapshot, and counts it if something but not everything was given.
func (s scenes) look(e grab.Envelope, seen *observed) {
	grants := e.Grants()
	if len(grants) == 0 || len(grants) == len(s.parts) {
		return
	}
	seen.Snapshots++
	for i, g := range grants {
		if g.Index != i || g.Amount != s.parts[i] {
			seen.Torn++
			return
		}
	}
}
