package model

// System calls. In the runtime (proc.go: entersyscall, exitsyscall; Go 1.26): a thread
// enters a system call with its P and keeps it. If the call is short it comes back and
// goes on, without any scheduling. If sysmon has taken the P meanwhile (sysmon.go), the
// thread first tries its old P, if that is in a system call again, then any idle P;
// otherwise its goroutine goes to the global queue, and the thread sleeps.

// enterSyscall begins a system call that returns after d.
func (m *Machine) enterSyscall(mp *thread, pp *proc, gi uint32, d int64) stopped {
	m.gs[gi].step = stepDone
	mp.stage = stageSyscall
	mp.oldp = pp
	m.sysmonWake()
	m.meet(mp, m.now+d)
	return entered
}

// exitSyscall is the way back.
func (m *Machine) exitSyscall(mp *thread) bool {
	oldp := mp.oldp
	mp.oldp = nil
	mp.stage = stageRun
	if mp.p == nil {
		switch other := oldp.m; {
		case oldp.running && other != nil && other.stage == stageSyscall:
			m.takeP(oldp)
			m.acquire(mp, oldp)
		default:
			if pp := m.pidleget(); pp != nil {
				m.acquire(mp, pp)
				m.sysmonWake()
			}
		}
	}
	if mp.p != nil {
		mp.p.syscalltick++
		return true
	}
	gi := mp.curg
	m.runnable(gi)
	mp.curg = none
	if m.disc != nil {
		m.disc.put(m, nil, gi, newlyReady)
	} else {
		m.globalPut(gi)
	}
	if m.gs[gi].flags&threadLocked != 0 {
		mp.stage = stageParked // until another thread picks its goroutine
		return false
	}
	return m.stopm(mp)
}

// takeP takes a P from the thread that is in a system call with it.
func (m *Machine) takeP(pp *proc) {
	pp.m.p = nil
	pp.m = nil
	pp.syscalltick++
}
