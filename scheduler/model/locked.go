package model

// LockOSThread. In the runtime (proc.go: stoplockedm, startlockedm): a goroutine that is
// locked to a thread is run by no other. When it stops, its thread hands the P off and
// waits; when another thread picks the goroutine, it passes its own P to that thread
// and sleeps. The order on one P does not change; each change costs two switches of
// threads. A goroutine that ends while locked takes its thread with it.

// leaveP hands the P of a thread off whose goroutine is locked to it and has stopped,
// or has ended.
func (m *Machine) leaveP(mp *thread) {
	mp.stage = stageParked
	m.handOff(m.releaseP(mp))
}

// startLocked passes the P to the thread that may run gi.
func (m *Machine) startLocked(mp *thread, pp *proc, gi uint32) {
	owner := m.ms[m.cold[gi].m]
	m.releaseP(mp)
	pp.m = owner
	owner.nextp = pp
	owner.stage = stageWoken
	m.observe(Observed{What: WakeThread, P: pp.id, M: owner.id, G: m.gs[gi].id})
	m.meet(owner, m.now+m.costs.Wake)
	m.stopm(mp)
}
