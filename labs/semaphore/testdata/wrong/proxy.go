package semaphore

import "context"

// New returns a semaphore in which somebody else waits for the place. When the caller has
// given up, he still gets it, and keeps it.
func New(places int) Semaphore { return make(semaphore, places) }

// semaphore holds an element for each place that is taken.
type semaphore chan struct{}

func (s semaphore) Acquire(ctx context.Context) error {
	if ctx.Err() != nil { // select would toss a coin
		return context.Cause(ctx)
	}
	got := make(chan struct{})
	go func() {
		s <- struct{}{}
		close(got)
	}()
	select {
	case <-got:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func (s semaphore) TryAcquire() bool {
	select {
	case s <- struct{}{}:
		return true
	default:
		return false
	}
}

func (s semaphore) Release() {
	select {
	case <-s:
	default:
		panic("semaphore: Release without a place that is taken")
	}
}

// verdict: assert: a place is lost
