package semaphore

import "context"

// New returns a semaphore whose Release waits until there is something to give back.
func New(places int) Semaphore { return make(semaphore, places) }

// semaphore holds an element for each place that is taken.
type semaphore chan struct{}

func (s semaphore) Acquire(ctx context.Context) error {
	if ctx.Err() != nil { // select would toss a coin
		return context.Cause(ctx)
	}
	select {
	case s <- struct{}{}:
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
	<-s
}

// verdict: assert: Release waited
