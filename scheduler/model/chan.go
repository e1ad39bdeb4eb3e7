package model

// Channels. In the runtime (chan.go: chansend, chanrecv, closechan): two queues of
// waiters, first in, first out. Who finds a waiter on the other side serves it at once
// and readies it, into runnext; nobody switches. Close takes all receivers, then all
// senders, onto a list that is last in, first out, and readies them from there: so the
// oldest waiter is readied last, is left in runnext and runs first; the others run
// newest first. Senders that are woken by close panic.
//
// What is sent is of no interest here, so that a buffer is a count.
type channel struct {
	cap, count   int32
	closed       bool
	recvq, sendq waitq
}

// waitq is a queue of waiters. A goroutine that waits in one place stands in it
// itself, linked through gor.next and gor.prev. A select waits in several; it stands
// in each with a node of its own (select.go), whose number has the top bit set.
type waitq struct {
	head, tail uint32
}

const isNode = 1 << 31

func (m *Machine) link(w uint32) (next, prev *uint32) {
	if w&isNode == 0 {
		g := &m.gs[w]
		return &g.next, &g.prev
	}
	n := &m.nodes[w&^isNode]
	return &n.next, &n.prev
}

// enqueue puts a waiter at the end. The tail of an empty queue means nothing.
func (m *Machine) enqueue(q *waitq, w uint32) {
	if q.head == none && w < isNode {
		q.head, q.tail = w, w
		m.gs[w].next = none
		return
	}
	next, prev := m.link(w)
	*next, *prev = none, q.tail
	if q.head != none {
		before, _ := m.link(q.tail)
		*before = w
	} else {
		q.head = w
	}
	q.tail = w
}

// remove takes a waiter out of the queue, wherever it stands.
func (m *Machine) remove(q *waitq, w uint32) {
	next, prev := m.link(w)
	if q.head == w {
		q.head = *next
	} else {
		before, _ := m.link(*prev)
		*before = *next
	}
	if q.tail == w {
		q.tail = *prev
	} else {
		_, behind := m.link(*next)
		*behind = *prev
	}
}

// dequeue takes the first waiter out of the queue, which is not empty, and returns its
// goroutine. A select is taken out of all its other queues as well.
func (m *Machine) dequeue(q *waitq) uint32 {
	w := q.head
	if w >= isNode || m.odd {
		if m.rules.urgent {
			w = m.mostUrgent(q)
		}
		return m.unhook(q, w)
	}
	q.head = m.gs[w].next
	return w
}

func (m *Machine) unhook(q *waitq, w uint32) uint32 {
	if w&isNode != 0 {
		return m.selected(w)
	}
	m.remove(q, w)
	return w
}

// wakeReceiver hands a value to the first receiver that waits. It returns true: the
// send is finished.
func (m *Machine) wakeReceiver(pp *proc, c *channel) bool {
	m.ready(pp, m.dequeue(&c.recvq))
	return true
}

// wakeSender takes the value of the first sender that waits: with a buffer, the value
// goes to the end of it and the receiver gets the one at its head. It returns true: the
// receive is finished.
func (m *Machine) wakeSender(pp *proc, c *channel) bool {
	m.ready(pp, m.dequeue(&c.sendq))
	return true
}

// trySend sends if that is possible at once. The channel is not closed.
func (m *Machine) trySend(pp *proc, c *channel) bool {
	switch {
	case c.recvq.head != none:
		return m.wakeReceiver(pp, c)
	case c.count < c.cap:
		c.count++
		return true
	}
	return false
}

// tryRecv receives if that is possible at once.
func (m *Machine) tryRecv(pp *proc, c *channel) bool {
	switch {
	case c.sendq.head != none:
		return m.wakeSender(pp, c)
	case c.count > 0:
		c.count--
		return true
	}
	return c.closed
}

// sendOrWait sends, now or when it can. The channel is not closed.
func (m *Machine) sendOrWait(pp *proc, gi uint32, c *channel) stopped {
	if m.trySend(pp, c) {
		return stillRunning
	}
	return m.waitIn(gi, c, &c.sendq)
}

// recvOrWait receives, now or when it can.
func (m *Machine) recvOrWait(pp *proc, gi uint32, c *channel) stopped {
	if m.tryRecv(pp, c) {
		return stillRunning
	}
	return m.waitIn(gi, c, &c.recvq)
}

// waitIn parks the goroutine in a queue of the channel; whoever takes it out has finished
// the operation for it. On a nil channel nobody ever will: it has no queue.
func (m *Machine) waitIn(gi uint32, c *channel, q *waitq) stopped {
	m.gs[gi].step = stepDone
	if c.cap >= 0 {
		m.enqueue(q, gi)
	}
	return gaveUp
}

// closeChan closes a channel. It returns false if that panics.
func (m *Machine) closeChan(pp *proc, c *channel) bool {
	if c.closed || c.cap < 0 {
		return false
	}
	c.closed = true
	first, second := &c.recvq, &c.sendq
	if m.rules.Quirks&SendersFirst != 0 {
		first, second = second, first
	}
	var list []uint32
	for _, q := range []*waitq{first, second} {
		for q.head != none {
			gi := m.dequeue(q)
			if g := &m.gs[gi]; q == &c.sendq && g.step == stepDone {
				g.step = stepPanic
			}
			list = append(list, gi)
		}
	}
	for i := range list {
		if m.rules.Quirks&CloseInOrder == 0 {
			i = len(list) - 1 - i
		}
		m.ready(pp, list[i])
	}
	return true
}
