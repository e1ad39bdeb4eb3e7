package counting

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"lab.example/gopark/redpacket/grab"
)

// rows lets everybody through in rows of so many. Whoever is in a row does his first step when
// the row before has ended, and the second one when all of his row have done the first. That is
// no more than a scheduler may do on its own, at any time; here it does so every time.
type rows struct {
	size int
	row  []row
}

type row struct {
	begin chan struct{}
	first sync.WaitGroup // steps that are still to be done
	last  sync.WaitGroup
}

func newRows(people, size int) *rows {
	r := &rows{size: size, row: make([]row, (people+size-1)/size)}
	for i := range r.row {
		r.row[i].begin = make(chan struct{})
		n := min(size, people-i*size)
		r.row[i].first.Add(n)
		r.row[i].last.Add(n)
	}
	if people > 0 {
		close(r.row[0].begin)
	}
	return r
}

// pass is what person i does. If first reports false, there is nothing more to do for him.
func (r *rows) pass(i int, first func() bool, second func()) {
	at := &r.row[i/r.size]
	<-at.begin
	more := first()
	at.first.Done()
	at.first.Wait()
	if more {
		second()
	}
	at.last.Done()
	if next := i/r.size + 1; i%r.size == 0 && next < len(r.row) {
		at.last.Wait()
		close(r.row[next].begin)
	}
}

// everybody lets so many people grab, each in a goroutine of his own, and go on with what they
// got. They are others than those who came before.
func everybody(e grab.Envelope, before, people int, then func(grab.Grant)) error {
	failed := make([]error, people)
	crowd(people, func(i int) {
		g, err := e.Grab(context.Background(), fmt.Sprint("user-", before+i))
		if failed[i] = err; err == nil {
			then(g)
		}
	})
	return errors.Join(failed...)
}

func crowd(people int, do func(int)) {
	var all sync.WaitGroup
	for i := range people {
		all.Go(func() { do(i) })
	}
	all.Wait()
}
