package interrupt

import (
	"errors"
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

// ErrDeadlock is returned by the operations of a Mutex or an RWMutex whose handle holds the
// lock already: the goroutine would wait for itself. Nothing has changed then.
var ErrDeadlock = errors.New("lock: held by the same handle already")

// Mutex is a lock that a goroutine can be called away from while it waits for it. The zero
// value is a lock that nobody holds. It must not be copied after its first use.
//
// It costs what a sync.Mutex costs (see BenchmarkLock), and what a sync.Mutex promises it
// promises too: no order among those that wait, except that one that has waited for half a
// millisecond gets its turn, and that Unlock happens before the next Lock returns.
//
// There is no goroutine identity in Go. A Mutex knows its holder if that came with a handle,
// by LockInterruptibly or TryLockFor; after Lock and TryLock it knows only that there is one.
// So a Mutex notices
//   - an Unlock when nobody holds the lock: a panic;
//   - a handle that asks for a lock it holds: ErrDeadlock. Java's locks let it in and count;
//     here Lock could not do the same, and a lock that is reentrant half of the time is worse
//     than none;
//   - a Cond.Wait with a handle that does not hold the lock, if the holder is known: a panic.
//
// It does not notice an Unlock by somebody else than the holder, which sync.Mutex allows too,
// nor a goroutine that holds the lock and calls Lock: it waits for itself for ever. HeldBy is
// for assertions of one's own.
type Mutex struct {
	state uintptr // accessed atomically; see locked

	mu     sync.Mutex // for a few instructions only
	queue  queue      // those who wait; they stay in it until they have the lock or give up
	handed time.Time  // when Unlock last gave the lock to somebody
}

// The state of a lock is 0 if it is free, else a sum of these. Above them is the number of the
// handle that holds the lock, or 0 if that is not known; for an RWMutex that is not held for
// writing, it is how many hold it for reading.
const (
	locked    = 1 << iota // somebody holds it
	contended             // somebody waits, and nobody is on the way to wake him

	ownerShift = iota
)

// starvation is how long a waiter loses against those who come by and find the lock free.
// In a sync.Mutex it is twice that.
const starvation = 500 * time.Microsecond

// Before somebody waits he looks for the lock so often.
const spinRounds, spinLooks = 4, 30

// Lock waits until the lock is free and takes it. It knows nothing of interrupts.
func (m *Mutex) Lock() {
	if !atomic.CompareAndSwapUintptr(&m.state, 0, locked) {
		m.lock(nil, locked)
	}
}

// LockInterruptibly is Lock for the goroutine of h. If h is interrupted, before or while it
// waits, the goroutine does not get the lock, and the error is an *Error, with the flag
// cleared; before means that it is so even if the lock is free. If h holds the lock already,
// the error is ErrDeadlock.
func (m *Mutex) LockInterruptibly(h *Handle) error {
	// Two questions, one comparison: the word of a flag that is set is no state of a lock.
	// This way, the compiler inlines the method.
	if atomic.CompareAndSwapUintptr(&m.state, h.flag.word.Load(), h.key) {
		return nil
	}
	return m.lockInterruptibly(h)
}

func (m *Mutex) lockInterruptibly(h *Handle) error {
	if err := h.Check(lockOp); err != nil {
		return err
	}
	if m.HeldBy(h) {
		return ErrDeadlock
	}
	if m.spin(h.key) || m.wait(newWaiter(h, h.key), h, nil) {
		return nil
	}
	return h.Check(lockOp)
}

const lockOp = "lock"

// TryLock takes the lock if it is free, and reports whether it was. It knows nothing of
// interrupts.
func (m *Mutex) TryLock() bool { return atomic.CompareAndSwapUintptr(&m.state, 0, locked) }

// TryLockFor is LockInterruptibly that waits for d at most: then it returns false and nil.
// With a d of zero or less it does not wait, but it looks at the flag.
func (m *Mutex) TryLockFor(h *Handle, d time.Duration) (bool, error) {
	switch err := h.Check(lockOp); {
	case err != nil:
		return false, err
	case atomic.CompareAndSwapUintptr(&m.state, 0, h.key):
		return true, nil
	case m.HeldBy(h):
		return false, ErrDeadlock
	case d <= 0:
		return false, nil
	case m.spin(h.key):
		return true, nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	if m.wait(newWaiter(h, h.key), h, timer.C) {
		return true, nil
	}
	return false, h.Check(lockOp)
}

// Unlock gives the lock back. It panics if nobody holds it.
func (m *Mutex) Unlock() {
	if old := atomic.SwapUintptr(&m.state, 0); old&(locked|contended) != locked {
		m.unlocked(old)
	}
}

// HeldBy reports whether h holds the lock, as far as that is known: it is false for a
// goroutine that has called Lock or TryLock, whether it has a handle or not.
func (m *Mutex) HeldBy(h *Handle) bool {
	return atomic.LoadUintptr(&m.state)&^contended == h.key
}

// lock waits until the lock is free and takes it; key is the state that says who has it. h
// may be nil.
func (m *Mutex) lock(h *Handle, key uintptr) {
	if !m.spin(key) {
		m.wait(newWaiter(h, key), nil, nil)
	}
}

// spin looks for the lock for about as long as a sync.Mutex does, some hundred nanoseconds,
// and reports whether it got it.
func (m *Mutex) spin(key uintptr) bool {
	for range spinRounds {
		for range spinLooks {
			if atomic.LoadUintptr(&m.state) == 0 {
				break
			}
		}
		if atomic.CompareAndSwapUintptr(&m.state, 0, key) {
			return true
		}
	}
	return false
}

// wait blocks until w has the lock: true. It gives up when late fires, or when the handle
// look is interrupted; both may be nil.
//
// What must never happen is that the lock is free, there are waiters, and nobody is about to
// look. Whoever is in the queue either sees that contended is set before blocking, or has got
// a token that says "look". The Unlock that finds contended spends it on a token for the first
// in the queue; who has got one and does not want the lock any more passes it on.
func (m *Mutex) wait(w *waiter, look *Handle, late <-chan time.Time) bool {
	w.since = time.Now()
	m.mu.Lock()
	m.queue.push(w)
	m.mu.Unlock()
	for !m.takeOrMark(w.key) {
		given, expired := w.block(late)
		if given {
			return true
		}
		if expired || look != nil && look.IsInterrupted() {
			return !m.leave(w)
		}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.queue.remove(w)
	m.unmark()
	return true
}

// takeOrMark takes the lock if it is free. If it is not, contended is set, so that the holder
// will not leave without a word. If it is, contended is set too: there may be others.
func (m *Mutex) takeOrMark(key uintptr) (took bool) {
	for {
		switch s := atomic.LoadUintptr(&m.state); {
		case s == 0:
			if atomic.CompareAndSwapUintptr(&m.state, 0, key|contended) {
				return true
			}
		case s&contended != 0 || atomic.CompareAndSwapUintptr(&m.state, s, s|contended):
			return false
		}
	}
}

// unmark takes contended back if nobody waits, which spares the next Unlock the way to the
// queue. It is called by the holder of the lock, with mu held.
func (m *Mutex) unmark() {
	if m.queue.n == 0 {
		atomic.AndUintptr(&m.state, ^uintptr(contended))
	}
}

// leave takes w, which does not want the lock any more, out of the queue. It is false if it
// comes too late: then w has the lock.
func (m *Mutex) leave(w *waiter) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	if w.given.Load() {
		return false
	}
	m.queue.remove(w)
	if m.queue.first != nil {
		m.queue.first.ring() // w may have swallowed the token that was for whoever comes next
	}
	return true
}

// unlocked is the rest of Unlock if there was more in the state than a holder.
func (m *Mutex) unlocked(old uintptr) {
	if old&locked == 0 {
		panic("interrupt: Unlock of a Mutex that nobody holds")
	}
	m.mu.Lock()
	first := m.queue.first
	if first == nil || !m.hand(first) {
		if first != nil {
			first.ring()
		}
		m.mu.Unlock()
		return
	}
	m.mu.Unlock()
	runtime.Gosched() // the new holder runs now, and not when this goroutine's time is over
}

// hand gives the lock, which has just become free, to w if that has starved. Every waiter gets
// his turn in about that time, which makes all the hand-overs in it one of each. Were they not
// rationed, then of many waiters all would starve, and each would get the lock once and queue
// up again: a change of goroutines for every turn.
func (m *Mutex) hand(w *waiter) bool {
	now := time.Now()
	if now.Sub(w.since) < starvation || now.Sub(m.handed) < starvation/time.Duration(m.queue.n) ||
		!atomic.CompareAndSwapUintptr(&m.state, 0, w.key|contended) {
		return false
	}
	m.handed = now
	m.queue.remove(w)
	m.unmark()
	w.give()
	return true
}
