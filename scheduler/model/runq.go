package model

// This file is about where a runnable goroutine waits.
//
// In the runtime (proc.go: runqput, runqputslow, runqputbatch, runqget, globrunqput,
// globrunqget, globrunqgetbatch; Go 1.26): each P has a ring of 256 and, in front of
// it, one slot named runnext. A goroutine that was just created or woken takes the
// slot and pushes its predecessor to the tail of the ring. When the ring is full, the
// older half of it moves to the global queue, and the goroutine that found no room
// behind it: 129 in all. The global queue is a list, first in, first out.
//
// A P runs runnext first, and a goroutine from that slot continues the time slice of
// the one before: the tick of the P does not advance.

// ring is the length of the array; the rules may use less of it.
const ring = 256

// gQueue is a list of goroutines, linked through gor.next. Head and tail of an empty one
// mean nothing.
type gQueue struct {
	head, tail uint32
	size       uint32
}

// globalPut puts a goroutine at the tail of the global queue.
func (m *Machine) globalPut(gi uint32) {
	q := &m.global
	m.gs[gi].next = none
	if q.size > 0 {
		m.gs[q.tail].next = gi
	} else {
		q.head = gi
	}
	q.tail = gi
	q.size++
}

// globalGet takes the head of the global queue, which must not be empty.
func (m *Machine) globalGet() uint32 {
	q := &m.global
	gi := q.head
	q.head = m.gs[gi].next
	q.size--
	return gi
}

// globalGetBatch takes the P's share of the global queue, at most half a ring: the
// first runs, the others go to its ring, which is empty.
func (m *Machine) globalGetBatch(pp *proc) uint32 {
	share := m.global.size
	if len(m.ps) > 1 {
		share = share/uint32(len(m.ps)) + 1
	}
	n := min(m.rules.Batch, m.global.size, share)
	first := m.globalGet()
	t := pp.tail
	for ; n > 1 && t-pp.head < m.rules.Ring; n-- {
		pp.runq[t%ring] = m.globalGet()
		t++
	}
	pp.tail = t
	return first
}

// putNext gives a goroutine the slot in front of the ring.
func (m *Machine) putNext(pp *proc, gi uint32) {
	old := pp.runnext
	pp.runnext = gi
	if old != none {
		m.putTail(pp, old)
	}
}

// putTail puts a goroutine at the tail of the ring.
func (m *Machine) putTail(pp *proc, gi uint32) {
	t := pp.tail
	if t-pp.head < m.rules.Ring {
		pp.runq[t%ring] = gi
		pp.tail = t + 1
		return
	}
	m.overflow(pp, gi)
}

// overflow moves the older half of a full ring to the global queue, and gi behind it.
func (m *Machine) overflow(pp *proc, gi uint32) {
	m.stats.Overflows++
	m.observe(Observed{What: Overflow, P: pp.id, N: int(m.rules.Ring/2) + 1})
	if m.rules.Quirks&OverflowNewest != 0 {
		m.globalPut(gi)
	}
	for range m.rules.Ring / 2 {
		m.globalPut(pp.runq[pp.head%ring])
		pp.head++
	}
	if m.rules.Quirks&OverflowNewest == 0 {
		m.globalPut(gi)
	}
}

// ready makes a goroutine runnable: it takes the slot in front of the waker's ring, and
// if a P has nothing to do, a thread is woken for it.
func (m *Machine) ready(pp *proc, gi uint32) {
	m.runnable(gi)
	if !m.plain {
		m.readyOtherwise(pp, gi, WakeToTail)
		return
	}
	m.putNext(pp, gi)
}

// readyOtherwise is ready and the go statement where it is not as simple: an idle P is
// to be woken, or the rules are not Go's.
func (m *Machine) readyOtherwise(pp *proc, gi uint32, toTail Quirk) {
	switch {
	case m.disc != nil:
		m.disc.put(m, pp, gi, newlyReady)
	case m.rules.Quirks&(toTail|NoRunnext) != 0:
		m.putTail(pp, gi)
	default:
		m.putNext(pp, gi)
	}
	m.wakep()
}

// empty reports whether nothing waits on the P's own queue.
func (pp *proc) empty() bool { return pp.head == pp.tail && pp.runnext == none }
