package interrupt

import (
	"sync"
	"sync/atomic"
	"time"
)

// RWMutex is a Mutex that many goroutines may hold at once for reading, or one for writing. The
// zero value is a lock that nobody holds. It must not be copied after its first use.
//
// Nobody starves: while somebody waits to write, new readers wait too; when a writer leaves, all
// readers that wait get in; when the last reader leaves, the oldest writer does. Therefore a
// goroutine must not ask for a read lock that it has already, as with a sync.RWMutex.
//
// Interrupts, and holders that are known or not, are as with a Mutex; but readers are only
// counted. So it is not noticed that a goroutine that reads asks to write, and waits for itself.
type RWMutex struct {
	state uintptr // accessed atomically; see locked

	mu    sync.Mutex // for a few instructions only
	queue queue      // while somebody is in it, contended is set
}

// oneReader is the part of one reader in the state.
const oneReader = 1 << ownerShift

// Lock waits until nobody holds the lock and takes it for writing. It knows nothing of
// interrupts.
func (m *RWMutex) Lock() {
	if !atomic.CompareAndSwapUintptr(&m.state, 0, locked) {
		m.wait(newWaiter(nil, locked), nil, nil)
	}
}

// LockInterruptibly is Lock for the goroutine of h. If h is interrupted, before or while it
// waits, the goroutine does not get the lock, even if it is free, and the error is an *Error,
// with the flag cleared. If h holds the lock for writing already, the error is ErrDeadlock.
func (m *RWMutex) LockInterruptibly(h *Handle) error {
	if atomic.CompareAndSwapUintptr(&m.state, h.flag.word.Load(), h.key) {
		return nil
	}
	return m.interruptibly(h, h.key)
}

// TryLock takes the lock for writing if nobody holds it, and reports whether it did. It knows
// nothing of interrupts.
func (m *RWMutex) TryLock() bool { return atomic.CompareAndSwapUintptr(&m.state, 0, locked) }

// TryLockFor is LockInterruptibly that waits for d at most: then it returns false and nil.
// With a d of zero or less it does not wait, but it looks at the flag.
func (m *RWMutex) TryLockFor(h *Handle, d time.Duration) (bool, error) {
	return m.tryFor(h, h.key, d)
}

// Unlock gives the lock back that was taken for writing. It panics if nobody holds it so.
func (m *RWMutex) Unlock() {
	s := atomic.LoadUintptr(&m.state)
	if s&(locked|contended) != locked || !atomic.CompareAndSwapUintptr(&m.state, s, 0) {
		m.unlocked(s)
	}
}

// unlocked is the rest of Unlock if the state, which was s, is more than that of a holder.
func (m *RWMutex) unlocked(s uintptr) {
	if s&locked == 0 {
		panic("interrupt: Unlock of an RWMutex that nobody holds for writing")
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	atomic.AndUintptr(&m.state, contended)
	if !m.admit(true) {
		m.next()
	}
}

// HeldBy reports whether h holds the lock for writing, as far as that is known: it is false for
// a goroutine that has called Lock or TryLock, whether it has a handle or not.
func (m *RWMutex) HeldBy(h *Handle) bool {
	return atomic.LoadUintptr(&m.state)&^contended == h.key
}

// RLock waits until nobody writes or waits to write, and takes the lock for reading. It knows
// nothing of interrupts.
func (m *RWMutex) RLock() {
	if !m.TryRLock() {
		m.wait(newWaiter(nil, 0), nil, nil)
	}
}

// RLockInterruptibly is RLock for the goroutine of h. If h is interrupted, before or while it
// waits, the goroutine does not get the lock, even if it could, and the error is an *Error, with
// the flag cleared. If h holds the lock for writing, the error is ErrDeadlock.
func (m *RWMutex) RLockInterruptibly(h *Handle) error {
	if !h.flag.Load() && m.TryRLock() {
		return nil
	}
	return m.interruptibly(h, 0)
}

// TryRLock takes the lock for reading if nobody writes or waits to write, and reports whether it
// did. It knows nothing of interrupts.
func (m *RWMutex) TryRLock() bool {
	for {
		s := atomic.LoadUintptr(&m.state)
		if s&(locked|contended) != 0 {
			return false
		}
		if atomic.CompareAndSwapUintptr(&m.state, s, s+oneReader) {
			return true
		}
	}
}

// TryRLockFor is RLockInterruptibly that waits for d at most: then it returns false and nil.
// With a d of zero or less it does not wait, but it looks at the flag.
func (m *RWMutex) TryRLockFor(h *Handle, d time.Duration) (bool, error) {
	return m.tryFor(h, 0, d)
}

// RUnlock gives a read lock back. It panics if nobody holds one.
func (m *RWMutex) RUnlock() {
	if s := atomic.AddUintptr(&m.state, ^uintptr(oneReader-1)); s == contended || s&locked != 0 || int(s) < 0 {
		m.rUnlocked(s)
	}
}

// rUnlocked is the rest of RUnlock if it has left s, which is not just some readers or none.
func (m *RWMutex) rUnlocked(s uintptr) {
	if s != contended {
		atomic.AddUintptr(&m.state, oneReader)
		panic("interrupt: RUnlock of an RWMutex that nobody holds for reading")
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.next()
}

// RLocker returns a sync.Locker whose Lock is RLock, and whose Unlock is RUnlock.
func (m *RWMutex) RLocker() sync.Locker { return (*rlocker)(m) }

type rlocker RWMutex

func (r *rlocker) Lock()   { (*RWMutex)(r).RLock() }
func (r *rlocker) Unlock() { (*RWMutex)(r).RUnlock() }

// interruptibly takes the lock for h: for writing if key is the handle's, for reading if it is
// 0.
func (m *RWMutex) interruptibly(h *Handle, key uintptr) error {
	if err := h.Check(lockOp); err != nil {
		return err
	}
	if m.HeldBy(h) {
		return ErrDeadlock
	}
	if m.wait(newWaiter(h, key), h, nil) {
		return nil
	}
	return h.Check(lockOp)
}

func (m *RWMutex) tryFor(h *Handle, key uintptr, d time.Duration) (bool, error) {
	switch err := h.Check(lockOp); {
	case err != nil:
		return false, err
	case m.try(key):
		return true, nil
	case m.HeldBy(h):
		return false, ErrDeadlock
	case d <= 0:
		return false, nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	if m.wait(newWaiter(h, key), h, timer.C) {
		return true, nil
	}
	return false, h.Check(lockOp)
}

// try takes the lock if that can be done at once.
func (m *RWMutex) try(key uintptr) bool {
	if key == 0 {
		return m.TryRLock()
	}
	return atomic.CompareAndSwapUintptr(&m.state, 0, key)
}

// wait blocks until w has the lock: true. It gives up when late fires, or when the handle
// look is interrupted; both may be nil.
//
// While contended is set, nobody gets the lock but out of the queue, under mu: by next or
// admit, which are called when a writer leaves, when the last reader leaves, and when a waiter
// gives up.
func (m *RWMutex) wait(w *waiter, look *Handle, late <-chan time.Time) bool {
	if m.spin(w.key) || m.takeOrEnter(w) {
		return true
	}
	for {
		given, expired := w.block(late)
		if given {
			return true
		}
		if expired || look != nil && look.IsInterrupted() {
			return !m.leave(w)
		}
	}
}

// spin looks for the lock for as long as that of a Mutex does, and reports whether it got it.
func (m *RWMutex) spin(key uintptr) bool {
	for range spinRounds {
		for range spinLooks {
			if s := atomic.LoadUintptr(&m.state); s&locked == 0 {
				break
			}
		}
		if m.try(key) {
			return true
		}
	}
	return false
}

// takeOrEnter takes the lock for w, or puts it into the queue.
func (m *RWMutex) takeOrEnter(w *waiter) (took bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for !m.try(w.key) {
		s := atomic.LoadUintptr(&m.state)
		busy := s&(locked|contended) != 0 || !w.reads() && s != 0
		if busy && atomic.CompareAndSwapUintptr(&m.state, s, s|contended) {
			m.queue.push(w)
			return false
		}
	}
	return true
}

// leave takes w, which does not want the lock any more, out of the queue, and lets in those who
// waited only because w did. It is false if it comes too late: then w has the lock.
func (m *RWMutex) leave(w *waiter) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	if w.given.Load() {
		return false
	}
	m.queue.remove(w)
	m.next()
	return true
}

// next lets in who is first in the queue, if the lock allows it, and the readers right behind
// him if he is one. mu is held.
func (m *RWMutex) next() {
	s := atomic.LoadUintptr(&m.state)
	if s&locked != 0 || m.admit(false) || s != contended || m.queue.first == nil {
		return
	}
	w := m.queue.first
	m.queue.remove(w)
	atomic.StoreUintptr(&m.state, w.key|contended)
	m.unmark()
	w.give()
}

// admit lets in the readers at the front of the queue, or all that are in it, and reports
// whether there were any. mu is held, and nobody writes.
func (m *RWMutex) admit(all bool) (some bool) {
	for w := m.queue.first; w != nil && (all || w.reads()); {
		next := w.next
		if w.reads() {
			some = true
			m.queue.remove(w)
			atomic.AddUintptr(&m.state, oneReader)
			w.give()
		}
		w = next
	}
	m.unmark()
	return some
}

// unmark takes contended back if nobody waits, so that the lock can be taken in passing. mu is
// held.
func (m *RWMutex) unmark() {
	if m.queue.n == 0 {
		atomic.AndUintptr(&m.state, ^uintptr(contended))
	}
}
