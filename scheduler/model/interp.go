package model

// This file is the operations, and how one goes on in the middle of which the goroutine
// had to stop.

// operate carries out an operation. The goroutine's pc is at it; the second result is that
// of its event, if it is finished.
func (m *Machine) operate(mp *thread, pp *proc, gi uint32, in instr) (stopped, uint32) {
	g := &m.gs[gi]
	switch Kind(in.op()) {
	case Exit:
		m.event(g, g.pc, 0)
		return m.end(mp, gi), 0
	case Mark:
	case Yield:
		g.step = stepDone
		m.runnable(gi)
		m.yield(pp, gi)
		return gaveUp, 0
	case Go:
		ni := m.newG(m.entries[in.arg()])
		if ni == none {
			m.tooMany(g, g.pc)
			return aborted, 0
		}
		m.spawned(pp, gi, ni)
	case Send:
		c := &m.chans[in.arg()]
		if c.closed {
			return m.panics(mp, pp, gi, 1), 0
		}
		return m.sendOrWait(pp, gi, c), 0
	case Recv:
		return m.recvOrWait(pp, gi, &m.chans[in.arg()]), 0
	case Lock:
		return m.lock(gi, &m.mutexes[in.arg()]), 0
	case Unlock:
		return m.unlock(pp, gi, &m.mutexes[in.arg()]), 0
	case TrySend:
		c := &m.chans[in.arg()]
		if c.closed {
			return m.panics(mp, pp, gi, resTryPanics), 0
		}
		return stillRunning, truth(m.trySend(pp, c))
	case TryRecv:
		return stillRunning, truth(m.tryRecv(pp, &m.chans[in.arg()]))
	case Close:
		if !m.closeChan(pp, &m.chans[in.arg()]) {
			return m.panics(mp, pp, gi, 1), 0
		}
	case Select:
		return m.selectGo(mp, pp, gi, in.arg())
	case RLock:
		return m.rlock(gi, &m.rws[in.arg()]), 0
	case RUnlock:
		return m.runlock(pp, &m.rws[in.arg()]), 0
	case WLock:
		return m.wlock(gi, &m.rws[in.arg()]), 0
	case WUnlock:
		return m.wunlock(pp, gi, &m.rws[in.arg()]), 0
	case Add:
		if !m.groupAdd(pp, &m.groups[in.arg()], 1) {
			return m.panics(mp, pp, gi, 1), 0
		}
	case Done:
		if !m.groupAdd(pp, &m.groups[in.arg()], -1) {
			return m.panics(mp, pp, gi, 1), 0
		}
	case Wait:
		return m.groupWait(gi, &m.groups[in.arg()])
	case CondWait:
		return m.condWait(pp, gi, &m.conds[in.arg()]), 0
	case Signal:
		m.condSignal(pp, &m.conds[in.arg()])
	case Broadcast:
		m.condBroadcast(pp, &m.conds[in.arg()])
	case Goexit:
		m.event(g, g.pc, 0)
		return m.end(mp, gi), 0
	case Sleep:
		return m.sleep(pp, gi, int64(m.compiled.durs[in.arg()])), 0
	case Reset:
		return stillRunning, truth(m.resetTimer(pp, int(in.aux()), int64(m.compiled.durs[in.arg()])))
	case Stop:
		return stillRunning, truth(m.stopTimer(int(in.arg())))
	case CPU:
		return m.compute(gi, int64(m.compiled.durs[in.arg()])), 0
	case Syscall:
		return m.enterSyscall(mp, pp, gi, int64(m.compiled.durs[in.arg()])), 0
	case Net:
		return m.netWait(gi, int64(m.compiled.durs[in.arg()])), 0
	case LockThread:
		mp.locks++
		g.flags |= threadLocked
		mp.lockedg, mp.odd = gi, true
		m.cold[gi].m = mp.id
	case UnlockThread:
		if mp.locks = max(mp.locks-1, 0); mp.locks > 0 { // it nests
			break
		}
		g.flags &^= threadLocked
		mp.lockedg, mp.odd = none, false
	case Priority:
		g.prio = uint16(min(in.arg(), maxPriority))
		if m.disc != nil && m.disc.preempts(m, g.prio) {
			pp.preempt = true
			m.horizon = m.now - 1
		}
	}
	return stillRunning, 0
}

func truth(b bool) uint32 {
	if b {
		return 1
	}
	return 0
}

// resume goes on with an operation in the middle of which the goroutine had stopped.
func (m *Machine) resume(mp *thread, pp *proc, gi uint32, in instr) (stopped, uint32) {
	g := &m.gs[gi]
	switch g.step {
	case stepDone:
		return stillRunning, 0
	case stepSema:
		return m.semaWoken(mp, pp, gi, in)
	case stepPanic:
		return m.panics(mp, pp, gi, 1), 0
	case stepSelect:
		if g.aux&selectPanics != 0 {
			return m.panics(mp, pp, gi, resTryPanics), 0
		}
		return stillRunning, g.aux
	case stepSpin:
		return m.lockOn(gi, in), 0
	case stepCPU:
		return m.compute(gi, m.cold[gi].left), 0
	case stepCond:
		return m.condQueue(gi, &m.conds[in.arg()]), 0
	default: // stepRelock
		return m.condRelock(gi, &m.conds[in.arg()]), 0
	}
}

// spawned puts a new goroutine on a queue when that is not as simple as usual.
func (m *Machine) spawned(pp *proc, gi, ni uint32) {
	m.gs[ni].prio = m.gs[gi].prio
	if m.compiled.hasSel {
		m.rand(pp.m) // newproc1 draws a random number for each goroutine
	}
	if m.rules.special {
		m.readyOtherwise(pp, ni, GoToTail)
		return
	}
	m.putNext(pp, ni)
	m.wakep()
}

// yield is Gosched and preemption: to the tail of the global queue.
func (m *Machine) yield(pp *proc, gi uint32) {
	switch {
	case m.disc != nil:
		m.disc.put(m, pp, gi, gaveWay)
	case m.rules.Quirks&YieldToLocal != 0:
		m.putTail(pp, gi)
	default:
		m.globalPut(gi)
	}
	if m.npidle != 0 {
		m.wakep()
	}
}

// end ends a goroutine: it returned, called Goexit or panicked. If it is locked to its
// thread, the thread ends too.
func (m *Machine) end(mp *thread, gi uint32) stopped {
	g := &m.gs[gi]
	if g.flags&threadLocked != 0 {
		mp.lockedg, mp.locks, mp.dying = none, 0, true
	}
	g.step, g.flags, g.prio = stepStart, 0, 0 // for the next one in this slot
	g.next = m.free
	m.free = gi
	return gaveUp
}

// panics ends a goroutine by a panic that is recovered at its top.
func (m *Machine) panics(mp *thread, pp *proc, gi, res uint32) stopped {
	g := &m.gs[gi]
	m.event(g, g.pc, res)
	return m.end(mp, gi)
}
