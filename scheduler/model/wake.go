package model

// Threads. In the runtime (proc.go: wakep, startm, stopm, handoffp, resetspinning,
// findRunnable's end): a thread that makes something runnable wakes one other thread if
// a P is idle and nobody is spinning, that is, looking for work. The one that is woken
// spins; when it finds something it wakes the next. A thread that finds nothing gives
// its P up, looks once more, and sleeps. Idle Ps and idle Ms are on lists, last in,
// first out.

// newThread makes an M.
func (m *Machine) newThread() *thread {
	mp := &thread{id: int32(len(m.ms)), rnd: m.rnd}
	m.rnd = m.rnd*6364136223846793005 + 1442695040888963407
	m.ms = append(m.ms, mp)
	return mp
}

// acquire gives the thread a P.
func (m *Machine) acquire(mp *thread, pp *proc) {
	mp.p, pp.m, pp.running = pp, mp, true
}

// releaseP takes the P from its thread.
func (m *Machine) releaseP(mp *thread) *proc {
	pp := mp.p
	mp.p, pp.m = nil, nil
	return pp
}

func (m *Machine) pidleput(pp *proc) {
	pp.running = false
	pp.link = m.pidle
	m.pidle = pp
	m.npidle++
	m.plain = false
}

func (m *Machine) pidleget() *proc {
	pp := m.pidle
	if pp != nil {
		m.pidle = pp.link
		pp.link = nil
		pp.running = true
		m.npidle--
		m.plain = m.npidle == 0 && !m.odd
	}
	return pp
}

// pidlegetSpinning is pidleget for somebody who knows of work: if there is no idle P,
// the next thread that is about to give its own up must look again.
func (m *Machine) pidlegetSpinning() *proc {
	pp := m.pidleget()
	if pp == nil {
		m.needspinning = true
	}
	return pp
}

// wakep wakes a thread for an idle P, if there is one and nobody is spinning.
func (m *Machine) wakep() {
	if m.nmspinning != 0 {
		return
	}
	pp := m.pidlegetSpinning()
	if pp == nil {
		return
	}
	m.nmspinning++
	m.startm(pp, true)
}

// startm lets a sleeping thread, or a new one, run the P. If spinning, the caller has
// counted it already.
func (m *Machine) startm(pp *proc, spinning bool) {
	mp := m.midle
	delay := m.costs.Wake
	if mp != nil {
		m.midle = mp.link
		mp.link = nil
	} else {
		mp = m.newThread()
		delay = m.costs.Thread
	}
	mp.spinning, mp.odd = spinning, spinning
	mp.nextp = pp
	mp.stage = stageWoken
	m.observe(Observed{What: WakeThread, P: pp.id, M: mp.id})
	m.meet(mp, m.now+delay)
}

// stopm puts a thread to sleep that has no P.
func (m *Machine) stopm(mp *thread) bool {
	mp.stage = stageParked
	mp.link = m.midle
	m.midle = mp
	return false
}

func (m *Machine) becomeSpinning(mp *thread) {
	mp.spinning, mp.odd = true, true
	m.nmspinning++
	m.needspinning = false
}

// resetSpinning is called when a spinning thread has found something: it wakes the next.
func (m *Machine) resetSpinning(mp *thread) {
	mp.spinning, mp.odd = false, false
	m.nmspinning--
	m.wakep()
}

// hasWork reports whether the P's own queue or the global one holds a goroutine.
func (m *Machine) hasWork(pp *proc) bool {
	return !pp.empty() || m.global.size > 0 || m.disc != nil && m.disc.any()
}

// handOff finds a thread for a P that its thread had to leave, or makes it idle.
func (m *Machine) handOff(pp *proc) {
	pp.m = nil
	switch {
	case m.hasWork(pp):
		m.startm(pp, false)
	case m.nmspinning+m.npidle == 0:
		m.nmspinning++
		m.needspinning = false
		m.startm(pp, true)
	case m.npidle == int32(len(m.ps))-1 && m.net.poller == nil:
		m.startm(pp, false) // the last running P: somebody must poll the network
	default:
		when := pp.timers.next()
		m.pidleput(pp)
		if when != 0 {
			m.wakePoller(when)
		}
	}
}

// giveUpP is the end of the search: the thread has found nothing. It looks at the
// global queue again, drops its P, and if it was spinning looks at everything again,
// since those who made work in the meantime relied on it. Then it waits for the
// network and for timers, if nobody does yet, or sleeps.
func (m *Machine) giveUpP(mp *thread) bool {
	pp := mp.p
	if m.hasWork(pp) || !mp.spinning && m.needspinning {
		if !m.hasWork(pp) {
			m.becomeSpinning(mp)
		}
		return m.schedule(mp)
	}
	until := pp.timers.next()
	m.releaseP(mp)
	m.pidleput(pp)
	m.observe(Observed{What: Idle, P: pp.id, M: mp.id})
	wasSpinning := mp.spinning
	if wasSpinning {
		mp.spinning, mp.odd = false, false
		m.nmspinning--
		if pp := m.workForIdle(); pp != nil {
			m.acquire(mp, pp)
			m.becomeSpinning(mp)
			return m.schedule(mp)
		}
		until = m.nextTimer()
	}
	return m.waitForNetwork(mp, until, wasSpinning)
}

// workForIdle returns an idle P if there is work for it somewhere.
func (m *Machine) workForIdle() *proc {
	if m.global.size > 0 {
		return m.pidlegetSpinning()
	}
	if m.rules.Quirks&NoSteal != 0 {
		return nil
	}
	for _, pp := range m.ps {
		if pp.running && !pp.empty() {
			return m.pidlegetSpinning()
		}
	}
	return nil
}
