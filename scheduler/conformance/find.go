package conformance

// Reason is what a start is explained by.
type Reason string

const (
	Runnext      Reason = "runnext"       // the P's slot, with the time slice of the goroutine before
	Local        Reason = "local"         // the head of the P's ring
	Poll         Reason = "poll"          // the head of the global queue, at one tick of 61
	Batch        Reason = "batch"         // the head of the global queue, others moved to the ring
	Steal        Reason = "steal"         // the last of the half that was taken from another P's ring
	StealRunnext Reason = "steal runnext" // another P's slot, its ring being empty
	Direct       Reason = "direct"        // made ready and started by the scheduler: timer, network, trace reader, GC worker
	First        Reason = "first"         // was waiting in some queue when the trace began
	Unexplained  Reason = "unexplained"
)

// find appends to next the machines that m can become by one indivisible step of a
// start: it is findRunnable. What another P can see half done is a step of its own:
// having looked at the global queue first, having counted a victim's ring, having taken
// several goroutines and not yet shown them in the own ring.
func (w *world) find(next []*machine, m *machine, o *op, i int32) []*machine {
	p := &m.places[o.lane]
	switch {
	case p.taking != "":
		c := m.clone()
		q := &c.places[o.lane]
		q.ring = push(q.ring, q.taken...)
		return append(next, w.started(c, o, i, q.taking))
	case o.partner < 0:
		c := w.started(m.clone(), o, i, First)
		c.places[o.lane].phases |= p.phases // it may have been in runnext
		return append(next, c)
	}
	if rest, ok := without(m.loose, o.partner); ok {
		c := m.clone()
		c.loose = rest
		return append(next, w.started(c, o, i, Direct))
	}
	phases := p.phases
	if p.polls() && !p.passed {
		if len(m.global) == 0 {
			c := m.clone()
			c.places[o.lane].passed = true
			return append(next, c)
		}
		if !w.alike(m, p) {
			next = w.poll(next, m, o, i)
			phases &^= 1
		}
	}
	if phases == 0 {
		return next // it must poll
	}
	if p.searches {
		next = w.steals(next, m, o)
	}
	return w.own(next, m, o, i, phases)
}

// alike reports whether a P takes the same from the global queue, whether it looks
// there first or last: then its tick does not matter, and nothing is learned of it.
func (w *world) alike(m *machine, p *place) bool {
	return p.runnext == none && len(p.ring) == 0 && w.rules.Batch(len(m.global), w.procs) == 1
}

// poll takes the head of the global queue, which tells the P's tick.
func (w *world) poll(next []*machine, m *machine, o *op, i int32) []*machine {
	c := w.claim(m, m.global[0], o.partner)
	if c == nil {
		return next
	}
	c.global = c.global[1:]
	c.places[o.lane].phases = 1
	return append(next, w.started(c, o, i, Poll))
}

// own takes from the P's own queues, or a batch from the global one if those are empty.
func (w *world) own(next []*machine, m *machine, o *op, i int32, phases uint64) []*machine {
	p := &m.places[o.lane]
	switch {
	case p.runnext == o.partner:
		c := m.clone()
		q := &c.places[o.lane]
		q.runnext, q.phases = none, phases
		next = append(next, w.started(c, o, i, Runnext))
	case p.runnext != none:
	case len(p.ring) > 0:
		if c := w.claim(m, p.ring[0], o.partner); c != nil {
			q := &c.places[o.lane]
			q.cut(1)
			q.phases = phases
			next = append(next, w.started(c, o, i, Local))
		}
	default:
		next = w.batch(next, m, o, phases)
	}
	return next
}

// batch takes the P's share from the global queue.
func (w *world) batch(next []*machine, m *machine, o *op, phases uint64) []*machine {
	if len(m.global) == 0 {
		return next
	}
	c := w.claim(m, m.global[0], o.partner)
	if c == nil {
		return next
	}
	n := w.rules.Batch(len(m.global), w.procs)
	q := &c.places[o.lane]
	q.taken, q.taking, q.phases = c.global[1:n:n], Batch, phases
	c.global = c.global[n:]
	c.counted()
	return append(next, c)
}

// recheck is what a thread does that has given up its P and then finds that the global
// queue is not empty after all: it takes a batch, whatever the tick, and only then is
// it seen to take a P.
func (w *world) recheck(next []*machine, m *machine, o *op, i int32) []*machine {
	p := &m.places[o.lane]
	if p.taking != "" {
		return w.find(next, m, o, i)
	}
	if p.runnext != none || len(p.ring) > 0 {
		return next
	}
	return w.batch(next, m, o, p.phases)
}

// steals takes from another P, of which the runtime chooses one at random: a goroutine
// can be in the queues of one only. A thief first counts the victim's ring and then
// takes. In between, the ring can grow; if its head moves, the thief begins anew.
func (w *world) steals(next []*machine, m *machine, o *op) []*machine {
	for v := range m.places {
		if v == int(o.lane) {
			continue
		}
		thief, victim := &m.places[o.lane], &m.places[v]
		if thief.eyes && victim.runnext == o.partner {
			c := m.clone()
			c.places[v].runnext = none
			c.places[o.lane].taking = StealRunnext
			next = append(next, c)
		}
		if len(victim.ring) == 0 {
			continue
		}
		if aim := thief.aim; aim.n > 0 && aim.victim == v && aim.head == victim.head {
			next = w.steal(next, m, o, v)
			continue
		}
		n := w.rules.Steal(len(victim.ring))
		if c := w.claim(m, victim.ring[n-1], o.partner); c != nil {
			c.places[o.lane].aim = aim{victim: v, head: victim.head, n: n}
			next = append(next, c)
		}
	}
	return next
}

// steal takes what a thief has counted.
func (w *world) steal(next []*machine, m *machine, o *op, v int) []*machine {
	n := m.places[o.lane].aim.n
	c := w.claim(m, m.places[v].ring[n-1], o.partner)
	if c == nil {
		return next
	}
	thief, victim := &c.places[o.lane], &c.places[v]
	thief.taken, thief.taking = victim.cut(n)[:n-1:n-1], Steal
	c.counted()
	return append(next, c)
}

// look lets a P that is in the middle of a start see what it can only gain from having
// seen: that its own queues and the global one are empty, and that the ring is of the
// victim in whose runnext the goroutine can be. The runtime reads the ring first, and
// may wait for microseconds before it takes from runnext.
func (w *world) look(m *machine, o *op) {
	p := &m.places[o.lane]
	if o.partner < 0 || p.taking != "" {
		return
	}
	if len(m.global) == 0 && p.runnext == none && len(p.ring) == 0 && (p.passed || !p.polls()) {
		p.searches = true
	}
	victim := int(w.ops[o.partner].lane)
	if p.searches && victim < w.places && victim != int(o.lane) && len(m.places[victim].ring) == 0 {
		p.eyes = true
	}
}

// started ends a get. Only a start from runnext inherits the time slice.
func (w *world) started(m *machine, o *op, i int32, why Reason) *machine {
	p := &m.places[o.lane]
	if why != Runnext || w.rules.RunnextTicks {
		p.tick(&w.rules)
	}
	p.progress = progress{}
	m.last = &step{before: m.last, start: i, reason: why}
	return w.done(m, o)
}
