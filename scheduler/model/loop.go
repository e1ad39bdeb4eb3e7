package model

// This file is what a P does all the time: choose a goroutine, run its operations until
// it stops, choose the next. What happens most of the time, in its simplest form, does
// not come here but to the inner loop in usual.go.

// stopped says why a goroutine no longer runs.
type stopped uint8

const (
	stillRunning stopped = iota // it does not stop
	gaveUp                      // it parked, yielded or ended: choose another
	entered                     // a system call
	computing                   // it uses processor time
	turnOver                    // it runs, but another actor's turn comes first
	aborted                     // the run is over: a fatal error or a limit
)

// loop runs goroutines on the thread's P until the thread waits, or until another
// actor's turn comes.
func (m *Machine) loop(mp *thread) {
	for {
		if m.isUsual(mp) {
			m.usual(mp)
		}
		if mp.curg == none && !m.schedule(mp) {
			return
		}
		switch m.step(mp) {
		case stillRunning:
		case gaveUp:
			if m.disc != nil {
				m.disc.ran(m, mp.curg, m.now-mp.p.began)
			}
			mp.curg = none
		case turnOver:
			m.meet(mp, m.now)
			return
		default:
			return
		}
	}
}

// step carries the running goroutine to the end of an operation, or to where it stops.
func (m *Machine) step(mp *thread) stopped {
	pp, gi := mp.p, mp.curg
	g := &m.gs[gi]
	if g.step == stepStart && m.now > m.horizon { // at least one operation in each turn, or two Ps at the same time would give way to each other for ever
		if !pp.preempt {
			return turnOver
		}
		m.preempted(mp, pp)
		return stillRunning
	}
	events := len(m.log)
	in := m.code[g.pc]
	var why stopped
	var res uint32
	if g.step == stepStart {
		m.now += m.opCost
		if m.repeats(g, gi, in) {
			return stillRunning
		}
		why, res = m.operate(mp, pp, gi, in)
	} else {
		why, res = m.resume(mp, pp, gi, in)
	}
	if why == stillRunning {
		g = &m.gs[gi] // there may be more of them by now, elsewhere
		g.step = stepStart
		m.event(g, g.pc, res)
		g.pc++
	}
	if len(m.log) != events {
		m.eventTick = pp.schedtick
	}
	return why
}

// repeats carries out the two ends of a loop, which make no event.
func (m *Machine) repeats(g *gor, gi uint32, in instr) bool {
	if op := in.op(); op != opEnd && op != opcode(Rep) {
		return false
	}
	left := &g.left
	if outer := int(in.aux()); outer > 0 {
		left = &m.loops[int(gi)*m.depth+outer-1]
	}
	if in.op() == opcode(Rep) {
		*left = in.arg()
		g.pc++
		return true
	}
	m.ends++
	if *left--; *left == 0 {
		g.pc++
	} else {
		g.pc = in.arg()
	}
	return true
}
