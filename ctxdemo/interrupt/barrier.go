package interrupt

import (
	"errors"
	"sync"
	"time"
)

// ErrBroken is returned to those who waited at a barrier that somebody else has left early.
var ErrBroken = errors.New("barrier is broken")

// Barrier is a place where a fixed number of goroutines wait for each other. When all have
// come, all go on, and it can be used again. One who does not wait to the end, because it is
// interrupted or runs out of time, breaks the barrier for all: the others could wait for ever.
// It must be made by NewBarrier.
type Barrier struct {
	parties int

	mu    sync.Mutex
	round *round // the one that is being waited for, or that was broken
}

// round is one use of the barrier. Its fields are guarded by the barrier's mu; when over is
// closed, they change no more.
type round struct {
	waiting int
	broken  bool
	over    chan struct{}
}

// NewBarrier returns a barrier for that many goroutines. It panics if they are less than one.
func NewBarrier(parties int) *Barrier {
	if parties < 1 {
		panic("interrupt: a barrier for nobody")
	}
	return &Barrier{parties: parties, round: newRound()}
}

func newRound() *round { return &round{over: make(chan struct{})} }

// Await waits until all have called Await. It returns ErrBroken if the barrier is broken, or
// is broken meanwhile, and leaves the flag as it is then. If h is interrupted, before or while
// it waits, the error is an *Error, and the barrier is broken: even if h would have been the
// last to come.
func (b *Barrier) Await(h *Handle) error {
	_, err := b.await(h, nil)
	return err
}

// AwaitFor is Await that waits for d at the latest: then it breaks the barrier and returns
// false.
func (b *Barrier) AwaitFor(h *Handle, d time.Duration) (bool, error) {
	late, stop := in(d)
	defer stop()
	return b.await(h, late)
}

// Reset makes a barrier whole again. Those who wait get ErrBroken.
func (b *Barrier) Reset() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.round.waiting > 0 {
		b.round.fail()
	}
	b.round = newRound()
}

// Broken reports whether the barrier is broken; only Reset changes that.
func (b *Barrier) Broken() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.round.broken
}

// Waiting returns how many wait at the moment.
func (b *Barrier) Waiting() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.round.broken {
		return 0
	}
	return b.round.waiting
}

func (b *Barrier) await(h *Handle, late <-chan time.Time) (bool, error) {
	const op = "await barrier"
	r, err := b.arrive(h, op)
	if err != nil {
		return false, err
	}
	how := h.await(r.over, late)
	if how != happened && b.abandon(r) {
		if how == expired {
			return false, nil
		}
		return false, h.Check(op)
	}
	if r.broken {
		return false, ErrBroken
	}
	return true, nil
}

// arrive enters the round. If h is the last, the round is over and the next one begins.
func (b *Barrier) arrive(h *Handle, op string) (*round, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	r := b.round
	if r.broken {
		return nil, ErrBroken
	}
	if err := h.Check(op); err != nil {
		r.fail()
		return nil, err
	}
	if r.waiting++; r.waiting == b.parties {
		close(r.over)
		b.round = newRound()
	}
	return r, nil
}

// abandon breaks the round. It returns false if that was over already.
func (b *Barrier) abandon(r *round) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	select {
	case <-r.over:
		return false
	default:
		r.fail()
		return true
	}
}

// fail ends the round for all who wait. The barrier is locked, and the round not over, or
// broken already.
func (r *round) fail() {
	if !r.broken {
		r.broken = true
		close(r.over)
	}
}
