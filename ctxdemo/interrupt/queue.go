package interrupt

import (
	"sync/atomic"
	"time"
)

// waiter is a goroutine that waits in the queue of a lock or of a condition.
type waiter struct {
	// bell wakes it. As with a handle's, whose bell it is if there is one, a token says
	// "look", and nothing more.
	bell chan struct{}

	// given is set, under the lock of the queue, when somebody takes the waiter out of the
	// queue because it has what it waited for.
	given atomic.Bool

	key   uintptr   // the state of a lock that this waiter holds; 0 if it wants to read
	since time.Time // when it began to wait

	prev, next *waiter
}

// newWaiter returns a waiter for the goroutine of h, or for one without a handle if h is nil: that
// gets a bell of its own, which is not kept. A channel belongs to the synctest bubble that it was
// made in, and a lock should not.
func newWaiter(h *Handle, key uintptr) *waiter {
	if h != nil {
		h.prepare()
		return &waiter{bell: h.bell, key: key}
	}
	return &waiter{bell: make(chan struct{}, 1), key: key}
}

// reads reports whether the waiter is one for a read lock.
func (w *waiter) reads() bool { return w.key == 0 }

// ring has the waiter look.
func (w *waiter) ring() {
	select {
	case w.bell <- struct{}{}:
	default:
	}
}

// give wakes the waiter, which was taken out of the queue: it has what it waited for.
func (w *waiter) give() {
	w.given.Store(true)
	w.ring()
}

// block waits for a token or, if late is not nil, for the end of the time. It may return for no
// reason.
func (w *waiter) block(late <-chan time.Time) (given, expired bool) {
	if late == nil {
		<-w.bell
	} else {
		select {
		case <-w.bell:
		case <-late:
			expired = true
		}
	}
	return w.given.Load(), expired
}

// queue is a list of waiters, the oldest first. Whoever has one guards it.
type queue struct {
	first, last *waiter
	n           int
}

func (q *queue) push(w *waiter) {
	w.prev = q.last
	if q.last == nil {
		q.first = w
	} else {
		q.last.next = w
	}
	q.last = w
	q.n++
}

// remove takes w, which must be in the queue, out of it.
func (q *queue) remove(w *waiter) {
	if w.prev == nil {
		q.first = w.next
	} else {
		w.prev.next = w.next
	}
	if w.next == nil {
		q.last = w.prev
	} else {
		w.next.prev = w.prev
	}
	w.prev, w.next = nil, nil
	q.n--
}
