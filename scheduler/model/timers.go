package model

// Timers. In the runtime (time.go): each P has a heap of timers; a timer belongs to the
// P on which it was started. A P runs the timers that are due when it chooses what to
// run next. Sleep readies its goroutine, into the runnext of the P that ran the timer;
// AfterFunc starts a goroutine there. So of several that are due the latest runs first,
// and then the others in order.

// timer is one of the program's timers.
type timer struct {
	entry  uint32 // of the procedure that it starts
	active bool
	p      *proc
}

// due is a timer in a P's heap.
type due struct {
	when int64
	seq  uint64
	g    uint32 // who sleeps; none if it is one of the program's
	t    int32
}

func (d due) before(e due) bool { return d.when < e.when || d.when == e.when && d.seq < e.seq }

type timerHeap = timers

type timers heap[due]

// next returns when the first timer is due, or 0.
func (ts timers) next() int64 {
	if len(ts) == 0 {
		return 0
	}
	return ts[0].when
}

// addTimer starts a timer on a P.
func (m *Machine) addTimer(pp *proc, d due) {
	m.seq++
	d.seq = m.seq
	first := pp.timers.next()
	(*heap[due])(&pp.timers).push(d)
	if first == 0 || d.when < first {
		m.wakePoller(d.when)
	}
	if m.disc != nil && m.disc.clock() {
		m.enter(turn{at: d.when, who: actorClock})
	}
}

// sleep parks a goroutine until a timer readies it.
func (m *Machine) sleep(pp *proc, gi uint32, d int64) stopped {
	if d <= 0 {
		return stillRunning
	}
	m.gs[gi].step = stepDone
	m.addTimer(pp, due{when: m.now + d, g: gi})
	return gaveUp
}

// resetTimer starts a timer of the program, or starts it again. It reports whether it
// was running.
func (m *Machine) resetTimer(pp *proc, i int, d int64) bool {
	was := m.stopTimer(i)
	m.timers[i].active, m.timers[i].p = true, pp
	m.addTimer(pp, due{when: m.now + max(d, 1), t: int32(i)})
	return was
}

// stopTimer stops a timer of the program. It reports whether it was running.
func (m *Machine) stopTimer(i int) bool {
	t := &m.timers[i]
	if !t.active {
		return false
	}
	t.active = false
	h := (*heap[due])(&t.p.timers)
	for at, d := range *h {
		if d.g == none && d.t == int32(i) {
			h.remove(at)
			break
		}
	}
	return true
}

// runTimers runs the timers of one P that are due. What they make runnable goes to the
// queue of another, which is the same unless a thief does it.
func (m *Machine) runTimers(of, on *proc) {
	h := (*heap[due])(&of.timers)
	for len(*h) > 0 && (*h)[0].when <= m.now {
		d := h.pop()
		if d.g != none {
			m.ready(on, d.g)
			continue
		}
		t := &m.timers[d.t]
		t.active = false
		gi := m.newG(t.entry)
		if gi == none {
			m.tooMany(&m.gs[0], t.entry)
			return
		}
		m.ready(on, gi)
	}
}
