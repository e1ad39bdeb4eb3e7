package order

import (
	"context"

	"lab.example/gopark/internal/experiment"
)

// watched is what a goroutine sees that waits for the parent to be done, and then looks
// at the children while the canceller is still at work.
type watched struct {
	Children int64 `obs:"/window/children:contexts"`
	Looks    int64 `obs:"/window/looks:looks"`     // until children were seen alive
	Live     int64 `obs:"/window/live:contexts"`   // in the last look
	After    int64 `obs:"/window/after:contexts"`  // alive when cancel had returned
	Ahead    int64 `obs:"/window/ahead:contexts"`  // done before the parent was, in all looks
	Orphans  int64 `obs:"/window/orphan:contexts"` // made after that look, and alive
}

const (
	children = 20_000

	// looks bounds the search. Where the watcher has a core for itself the first look
	// succeeds; where it comes too late in two of three, all fail in one of 1e8 runs.
	looks = 50
)

// watch looks until it has seen the window. The claim is that there is one, so that one
// look which sees it is enough, and the looks that came too late say nothing.
func watch(ctx context.Context) (seen watched, err error) {
	seen.Children = children
	for seen.Looks < looks && seen.Live == 0 {
		if err := context.Cause(ctx); err != nil {
			return seen, err
		}
		seen.Looks++
		lookOnce(&seen)
	}
	return seen, nil
}

// lookOnce cancels a parent, and has another goroutine count its children that are alive as
// soon as the parent is done.
func lookOnce(seen *watched) {
	parent, cancel := context.WithCancel(context.Background())
	all := make([]context.Context, children)
	for i := range all {
		var leave context.CancelFunc
		all[i], leave = context.WithCancel(parent)
		defer leave()
	}
	waiting, looked := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(looked)
		close(waiting)
		<-parent.Done()
		seen.Live = live(all)
		born, leave := context.WithCancel(parent)
		seen.Orphans += live([]context.Context{born})
		leave()
	}()
	<-waiting
	seen.Ahead += children - live(all)
	cancel()
	seen.After += live(all)
	<-looked
}

func live(all []context.Context) (n int64) {
	for _, c := range all {
		if c.Err() == nil {
			n++
		}
	}
	return n
}

func (w watched) check() error {
	switch {
	case w.Live == 0:
		return experiment.Refuted("in %d looks no child was alive when its parent was done", w.Looks)
	case w.After != 0:
		return experiment.Refuted("%d children were alive when cancel had returned", w.After)
	case w.Ahead != 0:
		return experiment.Refuted("%d children were done before their parent", w.Ahead)
	case w.Orphans != 0:
		return experiment.Refuted("%d contexts were alive that were made when their parent was done", w.Orphans)
	}
	return nil
}
