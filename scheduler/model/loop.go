package model

// This file is the machine's inner loop: choose a goroutine, run its operations until
// it stops, choose the next. In the runtime these are schedule, findRunnable, execute
// and the goroutines themselves; here they are one function, because calls between them
// cost more than what they do. What is rare is elsewhere: find.go for choosing,
// interp.go for the operations.
//
// A P looks, in this order, at: its timers that are due; the global queue, but only
// every 61st tick, for one goroutine; runnext; its ring; the global queue, for its share
// of it; the network and the other Ps (findElsewhere). Every choice but one from runnext
// advances the tick of the P, and begins a time slice (proc.go: findRunnable, execute;
// Go 1.26).

// stopped says why a goroutine no longer runs.
type stopped uint8

const (
	stillRunning  stopped = iota // it does not stop
	gaveUp                       // it parked, yielded or ended: choose another
	entered                      // a system call
	computing                    // it uses processor time
	stillSpinning                // in the hope that a mutex is unlocked soon
	aborted                      // the run is over: a fatal error or a limit
)

// loop runs goroutines on the thread's P until the thread waits, or until another
// actor's turn comes.
func (m *Machine) loop(mp *thread) {
	pp := mp.p
	code := m.code
	now := m.now // a copy; m.now is written whenever it changes, and read again after calls
next:
	for {
		gi := mp.curg
		if gi == none {
			if !m.odd && !mp.odd && len(pp.timers) == 0 {
				switch {
				case pp.phase == 0 && m.global.size > 0:
					gi = m.globalGet()
					m.stats.Polls++
					pp.advance(m.rules.Poll)
				case pp.runnext != none:
					gi = pp.runnext
					pp.runnext = none
				case pp.head != pp.tail:
					gi = pp.runq[pp.head%ring]
					pp.head++
					pp.advance(m.rules.Poll)
				case m.global.size > 0:
					gi = m.globalGetBatch(pp)
					pp.advance(m.rules.Poll)
				}
			}
			if gi != none {
				mp.curg = gi
				pp.preempt = false
				m.decisions++
				now = m.now + m.switchCost
				m.now = now
			} else {
				if !m.schedule(mp) {
					return
				}
				pp, gi, now = mp.p, mp.curg, m.now
			}
		}

		events := len(m.log)
		g := &m.gs[gi]
		pc := g.pc
		if g.step == stepDone {
			g.step = stepStart
			m.event(g, pc, 0)
			pc++
		} else if g.step != stepStart {
			in := code[pc]
			if g.step == stepSema && in.op() == opcode(Lock) {
				if why := m.lockWoken(gi, &m.mutexes[in.arg()]); why == gaveUp {
					mp.curg = none
					if m.disc != nil {
						m.disc.ran(m, gi, now-pp.began)
					}
					continue next
				} else if why != stillRunning {
					m.leave(mp, pp, why, events)
					return
				}
				g.step = stepStart
				m.event(g, pc, 0)
				g.pc++
			} else if why := m.resume(mp, pp, g, gi, in); why == gaveUp {
				m.gone(mp, pp, events)
				continue next
			} else if why != stillRunning {
				m.leave(mp, pp, why, events)
				return
			}
			g = &m.gs[gi]
			pc, now = g.pc, m.now
		}

	operations:
		for {
			if now > m.horizon { // at least one operation in each turn, or two Ps at the same time would give way to each other for ever
				g.pc = pc
				if !pp.preempt {
					m.tick(pp, events)
					m.meet(mp, now)
					return
				}
				m.preempted(mp, pp)
				break
			}
			now += m.opCost
			m.now = now
			in := code[pc]
			switch op := in.op(); { // no table of jumps: they are predicted worse than these comparisons
			case op == opEnd:
				m.ends++
				n := &m.loops[int(gi)*m.depth+int(in.aux())]
				if *n--; *n == 0 {
					pc++
				} else {
					pc = in.arg()
				}
				continue

			case op == opcode(Yield):
				g.pc, g.step, g.since = pc, stepDone, now
				if !m.plain {
					m.yield(pp, gi)
				} else {
					m.globalPut(gi)
				}
				break operations

			case op == opExit:
				m.event(g, pc, 0)
				m.end(mp, gi)
				break operations

			case op == opcode(Go):
				ni := m.free
				if ni != none {
					m.free = m.gs[ni].next
				} else if ni = m.grow(); ni == none {
					m.tooMany(&m.gs[gi], pc)
					return
				}
				n := &m.gs[ni]
				n.pc, n.id, n.since = m.entries[in.arg()], m.born, now
				m.born++
				g = &m.gs[gi]
				if !m.plain {
					m.spawned(pp, gi, ni)
				} else {
					m.putNext(pp, ni)
				}

			case op == opcode(Send):
				c := &m.chans[in.arg()]
				if c.closed {
					m.event(g, pc, 1)
					m.end(mp, gi)
					break operations
				}
				if c.recvq.head != none {
					if !m.wakeSimply(pp, &c.recvq, now) {
						m.ready(pp, m.dequeue(&c.recvq))
					}
				} else if c.count < c.cap {
					c.count++
				} else {
					g.pc, g.step = pc, stepDone
					if c.sendq.head == none && c.cap >= 0 {
						c.sendq.head, c.sendq.tail, g.next = gi, gi, none
					} else if c.cap >= 0 { // a nil channel has no queue
						m.enqueue(&c.sendq, gi)
					}
					break operations
				}

			case op == opcode(Recv):
				c := &m.chans[in.arg()]
				if c.sendq.head != none {
					if !m.wakeSimply(pp, &c.sendq, now) {
						m.ready(pp, m.dequeue(&c.sendq))
					}
				} else if c.count > 0 {
					c.count--
				} else if !c.closed {
					g.pc, g.step = pc, stepDone
					if c.recvq.head == none && c.cap >= 0 {
						c.recvq.head, c.recvq.tail, g.next = gi, gi, none
					} else if c.cap >= 0 {
						m.enqueue(&c.recvq, gi)
					}
					break operations
				}

			case op == opcode(Lock):
				if mu := &m.mutexes[in.arg()]; mu.state&(mutexLocked|mutexStarving) == 0 {
					mu.state |= mutexLocked // barging, if others wait
					break
				}
				g.pc = pc
				if why := m.lockSlow(gi, &m.mutexes[in.arg()]); why == gaveUp {
					break operations
				} else if why != stillRunning {
					m.leave(mp, pp, why, events)
					return
				}
				now = m.now

			case op == opcode(Unlock):
				mu := &m.mutexes[in.arg()]
				if mu.state -= mutexLocked; mu.state == 0 {
					break
				}
				g.pc, g.step = pc, stepDone
				if why := m.unlockSlow(pp, gi, mu); why == gaveUp {
					break operations
				} else if why != stillRunning {
					m.leave(mp, pp, why, events)
					return
				}
				g.step = stepStart
				now = m.now

			case op == opcode(Rep):
				m.loops[int(gi)*m.depth+int(in.aux())] = in.arg()
				pc++
				continue

			case op == opcode(Mark):

			default:
				g.pc = pc
				why, res := m.operate(mp, pp, gi, in)
				if why == gaveUp {
					break operations
				} else if why != stillRunning {
					m.leave(mp, pp, why, events)
					return
				}
				g, now = &m.gs[gi], m.now
				m.event(g, pc, res)
				pc++
				continue
			}
			m.event(g, pc, 0)
			pc++
		}
		m.gone(mp, pp, events)
	}
}

// gone is the end of a goroutine's stretch: it gave way, or waits, or has ended.
func (m *Machine) gone(mp *thread, pp *proc, events int) {
	m.tick(pp, events)
	if m.disc != nil && mp.curg != none {
		m.disc.ran(m, mp.curg, m.now-pp.began)
	}
	mp.curg = none
}

// leave is the end of a thread's turn in the middle of an operation.
func (m *Machine) leave(mp *thread, pp *proc, why stopped, events int) {
	m.tick(pp, events)
	if why == stillSpinning {
		m.meet(mp, m.now)
	}
}

// tick remembers the tick of the last event, if there were any since.
func (m *Machine) tick(pp *proc, events int) {
	if len(m.log) != events {
		m.eventTick = pp.schedtick
	}
}
