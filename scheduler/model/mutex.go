package model

// Mutex. In internal/sync/mutex.go (Lock, lockSlow, unlockSlow).
//
// A mutex is a word and a semaphore. In normal mode Unlock wakes the first waiter but
// gives it nothing: the unlocker keeps running, and may well lock again before the
// waiter runs (barging). A waiter that loses so is queued again, at the front. One that
// has waited for more than 1 ms makes the mutex starving: then Unlock hands over, and
// newcomers queue up. That ends with the last waiter, or with one that has waited less.
type mutex struct {
	state int32
	sema  sema
}

// The bits of a mutex's state; above them it counts the waiters.
const (
	mutexLocked int32 = 1 << iota
	mutexWoken
	mutexStarving
	mutexWaiter
)

const starvationThreshold = 1e6 // ns

// lock is Mutex.Lock, for every operation that needs a mutex.
func (m *Machine) lock(gi uint32, mu *mutex) stopped {
	if mu.state&(mutexLocked|mutexStarving) == 0 {
		mu.state |= mutexLocked // barging, if others wait
		return stillRunning
	}
	m.gs[gi].flags &^= starving | awoke
	m.cold[gi].began, m.gs[gi].spun = 0, 0
	return m.compete(gi, mu)
}

// lockOn goes on with the loop of lockSlow after spinning, for whichever operation
// wanted the mutex.
func (m *Machine) lockOn(gi uint32, in instr) stopped {
	m.gs[gi].step = stepStart
	mu := m.mutexOf(in)
	if why := m.compete(gi, mu); why != stillRunning {
		return why
	}
	return m.afterLock(gi, in)
}

func (m *Machine) mutexOf(in instr) *mutex {
	switch Kind(in.op()) {
	case CondWait:
		return &m.mutexes[m.conds[in.arg()].l]
	case WLock:
		return &m.rws[in.arg()].w
	default:
		return &m.mutexes[in.arg()]
	}
}

func (m *Machine) afterLock(gi uint32, in instr) stopped {
	if Kind(in.op()) == WLock {
		return m.wlocked(gi, &m.rws[in.arg()])
	}
	return stillRunning
}

// compete is the loop of lockSlow up to the point where the goroutine has the mutex or
// waits for it.
func (m *Machine) compete(gi uint32, mu *mutex) stopped {
	g, c := &m.gs[gi], &m.cold[gi]
	for {
		old := mu.state
		if old&(mutexLocked|mutexStarving) == mutexLocked && m.canSpin(g.spun) {
			if g.flags&awoke == 0 && old&mutexWoken == 0 && old >= mutexWaiter {
				mu.state |= mutexWoken
				g.flags |= awoke
			}
			g.spun++
			g.step = stepSpin
			m.now += m.costs.Spin
			m.horizon = min(m.horizon, m.now)
			return turnOver
		}
		next := old
		if old&mutexStarving == 0 {
			next |= mutexLocked
		}
		if old&(mutexLocked|mutexStarving) != 0 {
			next += mutexWaiter
		}
		if g.flags&starving != 0 && old&mutexLocked != 0 {
			next |= mutexStarving
		}
		if g.flags&awoke != 0 {
			next &^= mutexWoken
		}
		mu.state = next
		if old&(mutexLocked|mutexStarving) == 0 {
			return stillRunning
		}
		again := c.began != 0
		if !again {
			c.began = m.now + 1 // never 0, which means that it has not waited
		}
		if !m.acquire1(gi, &mu.sema, again && m.rules.Quirks&LoserToBack == 0) {
			return gaveUp
		}
		if m.wonSema(gi, mu) {
			return stillRunning
		}
	}
}

// wonSema is what lockSlow does behind its semaphore. It reports whether the goroutine
// now has the mutex; otherwise it must compete for it.
func (m *Machine) wonSema(gi uint32, mu *mutex) bool {
	g, c := &m.gs[gi], &m.cold[gi]
	if m.now+1-c.began > starvationThreshold {
		g.flags |= starving
	}
	if mu.state&mutexStarving != 0 {
		mu.state += mutexLocked - mutexWaiter
		if g.flags&starving == 0 || mu.state>>3 == 0 {
			mu.state -= mutexStarving
		}
		return true
	}
	g.flags |= awoke
	g.spun = 0
	return false
}

// lockWoken goes on when a waiter for a mutex is woken.
func (m *Machine) lockWoken(gi uint32, mu *mutex) stopped {
	if !m.tryAgain(gi, &mu.sema) {
		return gaveUp
	}
	m.gs[gi].step = stepStart
	if m.wonSema(gi, mu) {
		return stillRunning
	}
	return m.compete(gi, mu)
}

// canSpin is runtime_canSpin (proc.go): only with several Ps, if others run, and with
// nothing to do on the own P.
func (m *Machine) canSpin(spun uint8) bool {
	const activeSpin = 4
	if len(m.ps) == 1 || spun >= activeSpin {
		return false
	}
	return int32(len(m.ps)) > m.npidle+m.nmspinning+1 && m.running.p.empty()
}

// unlock is Mutex.Unlock, for operations that are finished with it.
func (m *Machine) unlock(pp *proc, gi uint32, mu *mutex) stopped {
	g := &m.gs[gi]
	if mu.state -= mutexLocked; mu.state == 0 {
		return stillRunning
	}
	g.step = stepDone
	if why := m.unlockSlow(pp, gi, mu); why != stillRunning {
		return why
	}
	g.step = stepStart
	return stillRunning
}

// unlockSlow is Unlock when somebody waits. The goroutine may have to stop; then it
// goes on at its step.
func (m *Machine) unlockSlow(pp *proc, gi uint32, mu *mutex) stopped {
	if (mu.state+mutexLocked)&mutexLocked == 0 {
		m.die("sync: unlock of unlocked mutex")
		return aborted
	}
	if mu.state&mutexStarving != 0 || m.rules.Quirks&HandOffMutex != 0 && mu.state >= mutexWaiter {
		mu.state |= mutexStarving
		if m.release(pp, gi, &mu.sema, true) {
			return gaveUp
		}
		return stillRunning
	}
	if mu.state < mutexWaiter || mu.state&(mutexLocked|mutexWoken|mutexStarving) != 0 {
		return stillRunning
	}
	mu.state = mu.state - mutexWaiter | mutexWoken
	m.release(pp, gi, &mu.sema, false)
	return stillRunning
}
