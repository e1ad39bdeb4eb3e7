package conformance

// world is what does not change while a history is replayed.
type world struct {
	*history
	rules      Rules
	timestamps bool // see WithTimestamps
}

// next returns the operation that a lane is at.
func (w *world) next(m *machine, lane int32) *op { return &w.ops[w.lanes[lane][m.lanes[lane]]] }

// steps appends to next the machines that m can become by one indivisible step of the
// operation that a lane is at. None means that the rules do not allow it now.
func (w *world) steps(next []*machine, m *machine, lane int32) []*machine {
	i := w.lanes[lane][m.lanes[lane]]
	o := &w.ops[i]
	switch o.kind {
	case get:
		return w.find(next, m, o, i)
	case idle:
		return w.idleStep(next, m, o)
	}
	if int(lane) < w.places && len(m.places[lane].overflow) > 0 {
		c := m.clone()
		p := &c.places[lane]
		c.counted() // nothing on either side of these can change places
		c.cost.doubt += w.doubt(c.global, p.overflow[0].put)
		c.global = push(c.global, p.overflow...)
		p.overflow = nil
		return append(next, w.done(c, o))
	}
	ways := w.waysIn(o)
	for _, way := range ways {
		c := m.clone()
		if len(ways) > 1 {
			c.cost.picks++
		}
		w.put(c, o, i, way)
		next = append(next, c)
	}
	return next
}

// looseWay is a start without a queue.
const looseWay Place = "loose"

// waysIn returns where an operation can put its goroutine.
func (w *world) waysIn(o *op) []Place {
	switch o.kind {
	case putReady:
		return []Place{w.rules.Next}
	case putYield:
		return []Place{w.rules.Yield}
	case putPreempt:
		return []Place{GlobalTail, LocalTail, Slot}
	case putSystem:
		if int(o.lane) >= w.places {
			break
		}
		// A timer readies into runnext, and the network in all the other ways.
		if o.partner >= 0 {
			if s := &w.ops[o.partner]; s.lane == o.lane && s.index == o.index+1 {
				return []Place{looseWay, w.rules.Next}
			}
		}
		return []Place{w.rules.Next, LocalTail, GlobalTail, looseWay}
	}
	return []Place{GlobalTail, looseWay}
}

// put does an operation in one of its ways. A full ring leaves it half done: what goes
// to the global queue arrives there in a step of its own.
func (w *world) put(m *machine, o *op, i int32, way Place) {
	switch {
	case way == looseWay:
		m.loose = push(m.loose, entry{put: i})
	case way == GlobalTail, int(o.lane) >= w.places:
		w.putGlobal(m, i)
	case !w.putLocal(&m.places[o.lane], i, way):
		return
	}
	w.done(m, o)
}

// putLocal is runqput. It reports whether there was room.
func (w *world) putLocal(p *place, i int32, way Place) bool {
	if way == Slot || way == SlotIfFree && p.runnext == none {
		p.runnext, i = i, p.runnext
	}
	switch {
	case i == none:
		return true
	case len(p.ring) < w.rules.Ring:
		p.ring = push(p.ring, entry{put: i})
		return true
	}
	p.overflow = push(p.cut(w.rules.Overflow), entry{put: i})
	for e := range p.overflow {
		p.overflow[e].number = 0
	}
	return false
}

// doubt looks ahead. What a P takes out of the global queue is one stretch of it, in
// order. An entry is in doubt if its neighbour will be started by another P, and more
// so if an entry before it will be started later, by the same P. That is a reason to
// try another order first and no reason to exclude this one.
func (w *world) doubt(queue []entry, put int32) int {
	partner := w.ops[put].partner
	if len(queue) == 0 || partner < 0 {
		return 0
	}
	mine := &w.ops[partner]
	n := 0
	for back := range min(len(queue), 8) {
		other := w.ops[queue[len(queue)-1-back].put].partner
		switch {
		case other < 0:
			return n + 4
		case w.ops[other].lane != mine.lane:
			n = 1
		case w.ops[other].start > mine.start:
			return n + 4
		default:
			return n
		}
	}
	return n
}

// done moves a lane to its next operation.
func (w *world) done(m *machine, o *op) *machine {
	m.lanes[o.lane]++
	ahead := w.overtakes(m, o)
	if ahead && !m.ahead {
		m.cost.doubt++
		m.cost.moved++
	}
	m.ahead = ahead
	return m
}

// overtakes reports whether an operation is done before one that has the earlier event.
func (w *world) overtakes(m *machine, o *op) bool {
	for lane, at := range m.lanes {
		if int(at) < len(w.lanes[lane]) && w.next(m, int32(lane)).at < o.at {
			return true
		}
	}
	return false
}

// idleStep lets a P stop. One that stops by itself has nothing in its own queues, and
// has seen the global one empty.
func (w *world) idleStep(next []*machine, m *machine, o *op) []*machine {
	p := &m.places[o.lane]
	if !o.inSTW && (p.runnext != none || len(p.ring) > 0 || len(m.global) > 0) {
		return next
	}
	c := m.clone()
	c.places[o.lane].progress = progress{}
	return append(next, w.done(c, o))
}

// force does a get or an idle against the rules. Nothing is known of its P's tick
// afterwards.
func (w *world) force(m *machine, i int32) *machine {
	o := &w.ops[i]
	c := m.clone()
	p := &c.places[o.lane]
	p.ring = push(p.ring, p.taken...)
	p.progress = progress{}
	if o.kind == idle {
		c.cost.stops++
		return w.done(c, o)
	}
	c.cost.gaps++
	c.remove(o.partner)
	p.phases = anyPhase(&w.rules)
	return w.started(c, o, i, Unexplained)
}

// remove takes a put out of whatever queue holds it.
func (m *machine) remove(put int32) {
	var ok bool
	if m.global, ok = without(m.global, put); ok {
		return
	}
	if m.loose, ok = without(m.loose, put); ok {
		return
	}
	for i := range m.places {
		p := &m.places[i]
		if p.runnext == put {
			p.runnext = none
			return
		}
		if p.ring, ok = without(p.ring, put); ok {
			p.head++
			return
		}
		if p.overflow, ok = without(p.overflow, put); ok {
			return
		}
	}
}
