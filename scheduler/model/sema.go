package model

// Semaphores. In the runtime (sema.go: semacquire1, semrelease1): a count and a queue of
// waiters, first in, first out, except that a waiter may ask to be queued at the front
// (lifo). A release adds one and wakes the first waiter, into runnext; the woken one
// must still find the count above zero, or it waits again: a newcomer may have been
// faster. With handoff the releaser takes the count on the waiter's behalf (the
// ticket), and goes to the tail of its own ring, so that the waiter runs at once.
//
// Everything in package sync that blocks is made of these.
type sema struct {
	count uint32
	q     waitq
}

// acquire takes one if there is one; otherwise the goroutine waits and goes on at
// stepSema. It reports whether it was taken at once.
func (m *Machine) acquire1(gi uint32, s *sema, atFront bool) bool {
	if s.count > 0 {
		s.count--
		return true
	}
	m.queueAt(gi, s, atFront)
	return false
}

func (m *Machine) queueAt(gi uint32, s *sema, atFront bool) {
	g := &m.gs[gi]
	g.step = stepSema
	g.flags &^= ticket | lifo
	if m.odd && s.q.head == none && m.compiled.hasSel {
		m.rand(m.running) // the address enters the treap of waiters, with a random key
	}
	if !atFront {
		m.enqueue(&s.q, gi)
		return
	}
	g.flags |= lifo
	g.next, g.prev = s.q.head, none
	if s.q.head != none {
		m.gs[s.q.head].prev = gi
	} else {
		s.q.tail = gi
	}
	s.q.head = gi
}

// tryAgain is what a woken waiter does first: it takes its ticket or one of the count;
// if a newcomer was faster it waits again, where it waited before.
func (m *Machine) tryAgain(gi uint32, s *sema) bool {
	g := &m.gs[gi]
	if g.flags&ticket != 0 {
		g.flags &^= ticket
		return true
	}
	if s.count > 0 {
		s.count--
		return true
	}
	m.queueAt(gi, s, g.flags&lifo != 0)
	return false
}

// release adds one and wakes a waiter. With handoff, if there was a waiter, it returns
// true: the caller, goroutine gi, has been put behind in its P's ring and must stop.
func (m *Machine) release(pp *proc, gi uint32, s *sema, handoff bool) bool {
	s.count++
	if s.q.head == none {
		return false
	}
	w := m.dequeue(&s.q)
	if handoff && s.count > 0 {
		s.count--
		m.gs[w].flags |= ticket
	}
	m.ready(pp, w)
	if m.gs[w].flags&ticket == 0 {
		return false
	}
	m.runnable(gi)
	if m.disc != nil {
		m.disc.put(m, pp, gi, gaveWay)
	} else {
		m.putTail(pp, gi)
	}
	return true
}

// semaWoken goes on with the operation of a goroutine that was woken at a semaphore.
func (m *Machine) semaWoken(mp *thread, pp *proc, gi uint32, in instr) (stopped, uint32) {
	op := Kind(in.op())
	if op == Lock {
		return m.lockWoken(gi, &m.mutexes[in.arg()]), 0
	}
	switch op {
	case CondWait:
		return m.lockWoken(gi, &m.mutexes[m.conds[in.arg()].l]), 0
	case RLock:
		if !m.tryAgain(gi, &m.rws[in.arg()].readerSem) {
			return gaveUp, 0
		}
		return stillRunning, 0
	case WLock:
		return m.wlockWoken(gi, &m.rws[in.arg()]), 0
	default: // Wait
		return m.groupWoken(mp, pp, gi, &m.groups[in.arg()])
	}
}
