package model

// WaitGroup and Cond. In sync/waitgroup.go: the last Done wakes every waiter, oldest
// first, each into runnext: so the newest runs first and the others in order. A waiter
// that finds the group in use again panics.
//
// In sync/cond.go and sema.go (notifyList*): Wait draws a ticket, unlocks, waits, locks
// again. Signal wakes the waiter with the lowest ticket; Broadcast readies all in the
// order of their tickets, so that the newest runs first.
type waitGroup struct {
	v    int32 // the counter
	w    uint32
	sema sema
}

// groupAdd is Add(delta), delta being 1 or -1. It returns false if that panics; the
// counter has changed nevertheless.
func (m *Machine) groupAdd(pp *proc, wg *waitGroup, delta int32) bool {
	wg.v += delta
	switch {
	case wg.v < 0:
		return false // negative counter
	case wg.w != 0 && delta > 0 && wg.v == delta:
		return false // called concurrently with Wait
	case wg.v > 0 || wg.w == 0:
		return true
	}
	n := wg.w
	wg.w = 0
	if m.rules.Quirks&GroupReversed != 0 {
		m.reverse(&wg.sema.q)
	}
	for range n {
		m.release(pp, none, &wg.sema, false)
	}
	return true
}

func (m *Machine) groupWait(gi uint32, wg *waitGroup) (stopped, uint32) {
	if wg.v == 0 {
		return stillRunning, 0
	}
	wg.w++
	if m.acquire1(gi, &wg.sema, false) {
		// A release that nobody has taken yet: as if it had been woken at once.
		m.gs[gi].flags |= ticket
		return m.groupWoken(m.running, m.running.p, gi, wg)
	}
	return gaveUp, 0
}

func (m *Machine) groupWoken(mp *thread, pp *proc, gi uint32, wg *waitGroup) (stopped, uint32) {
	if !m.tryAgain(gi, &wg.sema) {
		return gaveUp, 0
	}
	m.gs[gi].step = stepStart
	if wg.v != 0 || wg.w != 0 {
		return m.panics(mp, pp, gi, 1), 0
	}
	return stillRunning, 0
}

func (m *Machine) reverse(q *waitq) {
	var all []uint32
	for q.head != none {
		all = append(all, m.dequeue(q))
	}
	for i := len(all) - 1; i >= 0; i-- {
		m.enqueue(q, all[i])
	}
}

// cond is a sync.Cond on mutex l.
type cond struct {
	l      uint32
	wait   uint32 // the ticket of the next waiter
	notify uint32 // the ticket of the next to be notified
	q      waitq
}

func (m *Machine) condWait(pp *proc, gi uint32, c *cond) stopped {
	g := &m.gs[gi]
	g.aux = c.wait
	c.wait++
	mu := &m.mutexes[c.l]
	if mu.state -= mutexLocked; mu.state != 0 {
		g.step = stepCond
		if why := m.unlockSlow(pp, gi, mu); why != stillRunning {
			return why
		}
	}
	return m.condQueue(gi, c)
}

// condQueue waits, unless the ticket was called between the Unlock and now.
func (m *Machine) condQueue(gi uint32, c *cond) stopped {
	g := &m.gs[gi]
	if int32(g.aux-c.notify) < 0 {
		return m.condRelock(gi, c)
	}
	g.step = stepRelock
	m.enqueue(&c.q, gi)
	return gaveUp
}

func (m *Machine) condRelock(gi uint32, c *cond) stopped {
	m.gs[gi].step = stepStart
	return m.lock(gi, &m.mutexes[c.l])
}

func (m *Machine) condSignal(pp *proc, c *cond) {
	if c.wait == c.notify {
		return
	}
	t := c.notify
	c.notify++
	for w := c.q.head; w != none; w = m.gs[w].next {
		if m.gs[w].aux == t {
			m.remove(&c.q, w)
			m.ready(pp, w)
			return
		}
	}
}

func (m *Machine) condBroadcast(pp *proc, c *cond) {
	c.notify = c.wait
	if m.rules.Quirks&BroadcastReversed != 0 {
		m.reverse(&c.q)
	}
	for c.q.head != none {
		m.ready(pp, m.dequeue(&c.q))
	}
}
