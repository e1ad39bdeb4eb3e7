package interrupt

import (
	"sync"
	"time"
)

// Latch is a door that opens when it has been counted down, and remains open. It must be made
// by NewLatch.
type Latch struct {
	mu    sync.Mutex
	count int
	open  chan struct{} // closed when count is 0
}

// NewLatch returns a latch that opens after n calls of CountDown. It panics if n is negative.
func NewLatch(n int) *Latch {
	if n < 0 {
		panic("interrupt: a latch with less than nothing to count")
	}
	l := &Latch{count: n, open: make(chan struct{})}
	if n == 0 {
		close(l.open)
	}
	return l
}

// CountDown counts one down. The latch opens at zero; after that it has no effect.
func (l *Latch) CountDown() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.count == 0 {
		return
	}
	if l.count--; l.count == 0 {
		close(l.open)
	}
}

// Count returns how many calls of CountDown are missing.
func (l *Latch) Count() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.count
}

// Await waits until the latch is open. If h is interrupted, before or while it waits, the
// error is an *Error: if before, even if the latch is open.
func (l *Latch) Await(h *Handle) error {
	_, err := l.await(h, nil)
	return err
}

// AwaitFor is Await that waits for d at the latest, then returns false.
func (l *Latch) AwaitFor(h *Handle, d time.Duration) (bool, error) {
	late, stop := in(d)
	defer stop()
	return l.await(h, late)
}

func (l *Latch) await(h *Handle, late <-chan time.Time) (bool, error) {
	const op = "await latch"
	if err := h.Check(op); err != nil {
		return false, err
	}
	switch h.await(l.open, late) {
	case happened:
		return true, nil
	case expired:
		return false, nil
	}
	return false, h.Check(op)
}
