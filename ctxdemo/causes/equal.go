package causes

import (
	"context"
	"time"

	"lab.example/gopark/internal/experiment"
)

// equal is a context and its child whose deadlines are the same instant, many times over:
// for whose cause did the child end? A child whose deadline is that of its parent has a timer
// of its own, so there are two timers, each with a goroutine that cancels.
type equal struct {
	Rounds  int64 `obs:"/equal/rounds:rounds"`
	Parents int64 `obs:"/equal/parent:rounds"` // in which the child had its parent's cause
	Childs  int64 `obs:"/equal/child:rounds"`  // in which it had its own
	Expired int64 `obs:"/equal/expired:rounds"`
}

const (
	rounds  = 200
	instant = 100 * time.Microsecond // from now until both are due
)

func runEqual(ctx context.Context) (seen equal, err error) {
	for range rounds {
		if err := context.Cause(ctx); err != nil {
			return seen, err
		}
		seen.once()
	}
	return seen, nil
}

func (e *equal) once() {
	at := time.Now().Add(instant)
	parent, stop := context.WithDeadlineCause(context.Background(), at, errBroken)
	defer stop()
	child, cancel := context.WithDeadlineCause(parent, at, errSlow)
	defer cancel()
	<-child.Done()
	e.Rounds++
	switch context.Cause(child) {
	case errBroken:
		e.Parents++
	case errSlow:
		e.Childs++
	}
	if child.Err() == context.DeadlineExceeded {
		e.Expired++
	}
}

// check holds that it is one of the two, and does not say how often which: that depends on
// the number of cores and on what else they do.
func (e equal) check() error {
	switch {
	case e.Rounds != rounds || e.Parents+e.Childs != e.Rounds:
		return experiment.Refuted("with equal deadlines: %d times the parent's cause and %d times the child's, in %d rounds", e.Parents, e.Childs, e.Rounds)
	case e.Expired != e.Rounds:
		return experiment.Refuted("with equal deadlines: the deadline was exceeded in %d of %d rounds", e.Expired, e.Rounds)
	}
	return nil
}
