package model

// This file is the machine's inner loop: choose a goroutine, run its operations until it
// stops, choose the next. In the runtime these are schedule, findRunnable, execute and
// the goroutines themselves. It is here once more, beside loop.go and the files of the
// mechanisms, for what happens all the time and in its simplest form: the rules are
// Go's, no P is idle, a waiter waits in one place. Whatever else comes up is left to
// them, untouched.
//
// It is one function without calls, and what it works with is in variables, because
// calls between these steps cost more than the steps. A test runs programs with it and
// without, and compares.

// isUsual reports whether the inner loop may run the thread.
func (m *Machine) isUsual(mp *thread) bool {
	return m.plain && !mp.odd && len(mp.p.timers) == 0
}

// usual runs goroutines on the thread's P until something unusual is to be done: by the
// goroutine mp.curg, at its pc, or, if that is none, in choosing the next one.
func (m *Machine) usual(mp *thread) {
	var (
		pp      = mp.p
		gi      = mp.curg
		gs      = m.gs
		code    = m.code
		loops   = m.loops
		log     = m.log[:cap(m.log)]
		n       = uint(len(m.log)) // how much of it is filled
		seen    = n                // when the tick last advanced
		now     = m.now
		horizon = m.horizon
		global  = &m.global
	)
loop:
	for {
		if gi == none {
			// A P looks, in this order, at: the global queue, but only every 61st tick, for one
			// goroutine; runnext; its ring; the global queue, for its share of it. Every choice
			// but one from runnext advances the tick of the P, and begins a time slice.
			if gi = pp.runnext; gi != none && (pp.phase != 0 || global.size == 0) {
				pp.runnext = none
			} else {
				switch {
				case pp.phase == 0 && global.size > 0:
					m.stats.Polls++
					gi = global.head
					global.head = gs[gi].next
					global.size--
				case pp.head != pp.tail:
					gi = pp.runq[pp.head%ring]
					pp.head++
				case global.size > 0:
					share := global.size
					if len(m.ps) > 1 {
						share = share/uint32(len(m.ps)) + 1
					}
					share = min(m.rules.Batch, global.size, share, m.rules.Ring+1) // one runs, the others must have room
					gi = global.head
					next := gs[gi].next
					t := pp.tail
					for range share - 1 {
						pp.runq[t%ring] = next
						t++
						next = gs[next].next
					}
					pp.tail = t
					global.head = next
					global.size -= share
				default:
					break loop
				}
				if n != seen {
					seen = n
					m.eventTick = pp.schedtick
				}
				pp.advance(m.rules.Poll)
			}
			m.decisions++
			now += m.switchCost
		}

		g := &gs[gi]
		pc := g.pc
		switch g.step {
		case stepStart:
		case stepDone:
			if n >= uint(len(log)) {
				break loop
			}
			log[n] = event(g, pc, 0)
			n++
			g.step = stepStart
			pc++
		case stepSema: // it was woken to lock a mutex
			in := code[pc]
			if in.op() != opcode(Lock) || len(m.ps) > 1 || n >= uint(len(log)) {
				break loop
			}
			mu := &m.mutexes[in.arg()]
			held := mu.state & (mutexLocked | mutexStarving)
			starved := now+1-m.cold[gi].began > starvationThreshold
			switch s := &mu.sema; {
			case g.flags&ticket != 0: // the mutex was handed to it
				g.flags &^= ticket
				if mu.state += mutexLocked - mutexWaiter; !starved || mu.state < mutexWaiter {
					mu.state -= mutexStarving
				}
			case s.count == 1 && held == 0:
				s.count = 0
				mu.state = (mu.state | mutexLocked) &^ mutexWoken
			case s.count == 1 && held == mutexLocked && !starved: // somebody was faster: again, at the front
				s.count = 0
				mu.state = (mu.state + mutexWaiter) &^ mutexWoken
				g.flags |= lifo
				g.next, g.prev = s.q.head, none
				if s.q.head != none {
					gs[s.q.head].prev = gi
				} else {
					s.q.tail = gi
				}
				s.q.head = gi
				gi = none
				continue loop
			default:
				break loop
			}
			log[n] = event(g, pc, 0)
			n++
			g.step = stepStart
			pc++
		default:
			break loop
		}

		for {
			if now > horizon || n >= uint(len(log)) {
				g.pc = pc
				break loop
			}
			in := code[pc]
			switch op := in.op(); { // no table of jumps: they are predicted worse than these comparisons
			case op == opEnd:
				now += m.opCost
				m.ends++
				left := &g.left
				if outer := int(in.aux()); outer > 0 {
					left = &loops[int(gi)*m.depth+outer-1]
				}
				if *left--; *left == 0 {
					pc++
				} else {
					pc = in.arg()
				}
				continue

			case op == opcode(Yield):
				now += m.opCost
				g.pc, g.step, g.next = pc, stepDone, none
				if global.size > 0 {
					gs[global.tail].next = gi
				} else {
					global.head = gi
				}
				global.tail = gi
				global.size++
				gi = none
				continue loop

			case op == opExit:
				now += m.opCost
				g.next = m.free
				m.free = gi
				gi = none
				log[n] = event(g, pc, 0)
				n++
				continue loop

			case op == opcode(Go):
				ni := m.free
				next := pp.runnext
				if ni == none || next != none && pp.tail-pp.head >= m.rules.Ring {
					g.pc = pc
					break loop
				}
				now += m.opCost
				child := &gs[ni]
				m.free = child.next
				child.pc, child.id = m.entries[in.arg()], m.born
				m.born++
				pp.runnext = ni
				if next != none {
					pp.runq[pp.tail%ring] = next
					pp.tail++
				}

			case op == opcode(Send):
				c := &m.chans[in.arg()]
				switch w := c.recvq.head; {
				case w >= isNode || w != none && pp.runnext != none || c.closed || c.cap < 0 || c.sendq.head != none:
					g.pc = pc
					break loop
				case w != none:
					c.recvq.head = gs[w].next
					pp.runnext = w
				case c.count < c.cap:
					c.count++
				default:
					now += m.opCost
					c.sendq.head, c.sendq.tail, g.next = gi, gi, none
					g.pc, g.step = pc, stepDone
					gi = none
					continue loop
				}
				now += m.opCost

			case op == opcode(Recv):
				c := &m.chans[in.arg()]
				switch w := c.sendq.head; {
				case w >= isNode || w != none && pp.runnext != none || c.closed || c.cap < 0 || c.recvq.head != none:
					g.pc = pc
					break loop
				case w != none:
					c.sendq.head = gs[w].next
					pp.runnext = w
				case c.count > 0:
					c.count--
				default:
					now += m.opCost
					c.recvq.head, c.recvq.tail, g.next = gi, gi, none
					g.pc, g.step = pc, stepDone
					gi = none
					continue loop
				}
				now += m.opCost

			case op == opcode(Lock):
				mu := &m.mutexes[in.arg()]
				if mu.state&(mutexLocked|mutexStarving) == 0 {
					now += m.opCost
					mu.state |= mutexLocked // barging, if others wait
					break
				}
				g.pc = pc
				q := &mu.sema.q
				if len(m.ps) > 1 || mu.sema.count > 0 {
					break loop
				}
				now += m.opCost
				mu.state += mutexWaiter
				g.step = stepSema
				g.flags &^= ticket | lifo | awoke | starving
				m.cold[gi].began = now + 1
				g.next, g.prev = none, q.tail
				if q.head != none {
					gs[q.tail].next = gi
				} else {
					q.head = gi
				}
				q.tail = gi
				gi = none
				continue loop

			case op == opcode(Unlock):
				mu := &m.mutexes[in.arg()]
				q := &mu.sema.q
				w := q.head
				switch {
				case mu.state == mutexLocked:
					mu.state = 0
				case pp.runnext != none || w == none || mu.state&(mutexLocked|mutexWoken) != mutexLocked:
					g.pc = pc
					break loop
				case mu.state&mutexStarving == 0:
					mu.state = (mu.state - mutexLocked - mutexWaiter) | mutexWoken
					mu.sema.count++
					q.head = gs[w].next
					pp.runnext = w
				case pp.tail-pp.head >= m.rules.Ring:
					g.pc = pc
					break loop
				default: // hands it over, and lets the new owner run at once
					now += m.opCost
					mu.state -= mutexLocked
					gs[w].flags |= ticket
					q.head = gs[w].next
					pp.runnext = w
					pp.runq[pp.tail%ring] = gi
					pp.tail++
					g.pc, g.step = pc, stepDone
					gi = none
					continue loop
				}
				now += m.opCost

			case op == opcode(Rep):
				now += m.opCost
				if outer := int(in.aux()); outer > 0 {
					loops[int(gi)*m.depth+outer-1] = in.arg()
				} else {
					g.left = in.arg()
				}
				pc++
				continue

			case op == opcode(Mark):
				now += m.opCost

			default:
				g.pc = pc
				break loop
			}
			log[n] = event(g, pc, 0)
			n++
			pc++
		}
	}
	if n != seen {
		m.eventTick = pp.schedtick
	}
	m.log = m.log[:n]
	mp.curg = gi
	m.now = now
}
