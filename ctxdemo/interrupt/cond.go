package interrupt

import (
	"sync"
	"sync/atomic"
	"time"
)

// Cond is a condition variable of a Mutex: goroutines that hold the lock wait for others to
// change something. It is made by NewCond and must not be copied.
//
// As always with these, somebody else may have been faster when a wait returns, so it stands in
// a loop that asks whether what is waited for is so.
//
// No notification is lost: a Signal that has found a waiter makes one wait return nil. A waiter
// that is interrupted after that has been signalled; its wait returns nil, and its flag stays
// set, for the next operation to see.
type Cond struct {
	m *Mutex

	mu    sync.Mutex
	queue queue // who is not in it any more has been signalled, or does not wait any more
}

// NewCond returns a condition variable for what m guards.
func NewCond(m *Mutex) *Cond { return &Cond{m: m} }

// Wait unlocks the mutex, waits for Signal or Broadcast, and locks it again, for h even if it
// was taken without a handle. If h is interrupted, before or while it waits for the signal, the
// error is an *Error, with the flag cleared. Interrupted or not, Wait returns with the lock
// held: the way back into the lock knows no interrupts, so it can take its time.
//
// Calling it without holding the lock is misuse, and comes before everything else: Wait panics
// if nobody holds it or another handle does, and leaves the flag as it is. If the lock was taken
// without a handle, who calls Wait is not checked.
func (c *Cond) Wait(h *Handle) error {
	if err := c.mayWait(h); err != nil {
		return err
	}
	_, err := c.wait(h, nil)
	return err
}

// WaitFor is Wait that waits for a signal for d at most: then it returns false and nil. Locking
// the mutex again may make it last longer. With a d of zero or less it does not wait for a
// signal, but it looks at the flag, and gives others a chance to take the lock.
func (c *Cond) WaitFor(h *Handle, d time.Duration) (signalled bool, err error) {
	if err := c.mayWait(h); err != nil {
		return false, err
	}
	timer := time.NewTimer(max(0, d))
	defer timer.Stop()
	return c.wait(h, timer.C)
}

// mayWait panics if h does not hold the lock, and returns an *Error if it is interrupted.
func (c *Cond) mayWait(h *Handle) error {
	switch atomic.LoadUintptr(&c.m.state) &^ contended {
	case h.key, locked:
		return h.Check(waitOp)
	case 0:
		panic("interrupt: Wait without holding the Mutex")
	default:
		panic("interrupt: Wait with a handle that does not hold the Mutex")
	}
}

const waitOp = "wait"

// wait is Wait after it has looked, until late fires.
func (c *Cond) wait(h *Handle, late <-chan time.Time) (signalled bool, err error) {
	w := newWaiter(h, h.key)
	c.enter(w)
	var interrupted bool
	for {
		given, expired := w.block(late)
		interrupted = h.IsInterrupted()
		if given || (expired || interrupted) && !c.leave(w) {
			c.m.lock(h, h.key)
			return true, nil
		}
		if expired || interrupted {
			break
		}
	}
	c.m.lock(h, h.key)
	if interrupted {
		return false, h.Check(waitOp)
	}
	return false, nil
}

// enter puts w into the queue and gives the lock back.
func (c *Cond) enter(w *waiter) {
	c.mu.Lock()
	c.queue.push(w)
	c.mu.Unlock()
	c.m.Unlock()
}

// leave takes w, which does not want to wait any more, out of the queue. It is false if it comes
// too late: then w has been signalled.
func (c *Cond) leave(w *waiter) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if w.given.Load() {
		return false
	}
	c.queue.remove(w)
	return true
}

// WaitUninterruptibly is Wait that knows nothing of interrupts. It panics if nobody holds the
// lock. HeldBy says the same after it as before.
func (c *Cond) WaitUninterruptibly() {
	key := atomic.LoadUintptr(&c.m.state) &^ contended
	if key&locked == 0 {
		panic("interrupt: WaitUninterruptibly without holding the Mutex")
	}
	w := newWaiter(nil, key)
	c.enter(w)
	for given := false; !given; {
		given, _ = w.block(nil)
	}
	c.m.lock(nil, key)
}

// Signal wakes the goroutine that has waited longest, if there is one. The lock need not be
// held, which Java demands.
func (c *Cond) Signal() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.signal()
}

// Broadcast wakes all goroutines that wait. The lock need not be held.
func (c *Cond) Broadcast() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for c.queue.first != nil {
		c.signal()
	}
}

func (c *Cond) signal() {
	if w := c.queue.first; w != nil {
		c.queue.remove(w)
		w.give()
	}
}
