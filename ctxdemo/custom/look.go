package custom

import (
	"context"
	"runtime"
	"time"

	"lab.example/gopark/internal/experiment"
)

// found is what is seen of the children of a context.
type found struct {
	goroutines int // that there are because of them
	atOnce     int // of them are cancelled when cancel has returned
	later      int // when everybody has had a turn
	left       int // goroutines, of other children that were cancelled one by one
}

// look needs a process with one P: then nobody runs between cancel and what is seen
// afterwards.
func look(r *experiment.Recorder, k kind, n int) (seen found, err error) {
	err = r.Undisturbed(func() time.Duration {
		seen = found{}
		before := goroutines()
		ctx, cancel := k.make()
		all, leave := derive(ctx, n)
		seen.goroutines = goroutines() - before

		start := time.Now()
		cancel()
		seen.atOnce = canceled(all)
		took := time.Since(start)

		experiment.Settle()
		seen.later = canceled(all)
		leave()
		return took
	})
	if err != nil {
		return seen, err
	}
	before := goroutines()
	ctx, cancel := k.make()
	defer cancel()
	_, leave := derive(ctx, n)
	leave()
	seen.left = goroutines() - before
	return seen, nil
}

// derive returns n children. leave cancels them, and leaves their parent alone.
func derive(parent context.Context, n int) (all []context.Context, leave func()) {
	var cancels []context.CancelFunc
	for range n {
		ctx, cancel := context.WithCancel(parent)
		all, cancels = append(all, ctx), append(cancels, cancel)
	}
	return all, func() {
		for _, cancel := range cancels {
			cancel()
		}
	}
}

func goroutines() int {
	experiment.Settle()
	return runtime.NumGoroutine()
}

func canceled(all []context.Context) (n int) {
	for _, ctx := range all {
		if ctx.Err() != nil {
			n++
		}
	}
	return n
}
