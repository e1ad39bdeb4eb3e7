package model

import "time"

// This file is about who runs next, and about the life of a thread (an M). In the runtime:
// proc.go, schedule, findRunnable, execute; Go 1.26.
//
// A P looks, in this order, at: its timers that are due; the global queue, but only
// every 61st tick, for one goroutine; runnext; its ring; the global queue, for its share
// of it; the network and the other Ps (findElsewhere). Every choice but one from runnext
// advances the tick of the P, and begins a time slice.

// stage says what a thread is doing when its turn comes.
type stage uint8

const (
	stageRun     stage = iota // runs curg
	stageWoken                // was woken, and given a P
	stageFind                 // looks for something to run
	stageSteal                // is going round the other Ps
	stagePause                // saw a runnext that it could steal, and waits a moment first
	stageSyscall              // curg is in a system call
	stageCPU                  // curg computes
	stagePoll                 // blocked in the network poller
	stageParked               // asleep on the idle list, or waiting for its locked goroutine
)

// thread is an M. Between goroutines, when curg is none, it is on its g0, the stack on which
// it schedules. M 0 is the first, which begins with the root.
type thread struct {
	id       int32
	p        *proc
	nextp    *proc // given to it by whoever woke it
	oldp     *proc // the P with which it entered a system call
	curg     uint32
	lockedg  uint32
	locks    int // how often lockedg called LockOSThread
	spinning bool
	dying    bool // its locked goroutine has ended
	stage    stage
	turn     uint64 // its entry on the agenda; 0 if it has none
	rnd      uint64 // state of its random numbers
	since    int64  // when it began to compute
	odd      bool   // the inner loop must not choose for it: spinning, locked or dying
	hunt     hunt   // where it is in stealing
	link     *thread
}

// drive lets a thread act until it waits, or until another actor's turn comes.
func (m *Machine) drive(mp *thread) {
	m.running = mp
	if m.arrive(mp) {
		m.loop(mp)
	}
}

// arrive is what a thread does first when its turn comes. It returns false if it has
// nothing more to do in this turn.
func (m *Machine) arrive(mp *thread) bool {
	switch mp.stage {
	case stageWoken:
		m.acquire(mp, mp.nextp)
		mp.nextp = nil
		mp.stage = stageRun
		if mp.lockedg != none {
			m.execute(mp, mp.p, mp.lockedg, false)
		}
	case stageSteal, stagePause:
		return m.steal(mp)
	case stageSyscall:
		return m.exitSyscall(mp)
	case stagePoll:
		return m.pollReturn(mp)
	case stageCPU:
		c := &m.cold[mp.curg]
		c.left -= m.now - mp.since
		mp.stage = stageRun
		switch {
		case !mp.p.preempt:
		case c.left > 0:
			m.preempted(mp, mp.p)
		default:
			m.horizon = m.now - 1 // after this operation, which is over
		}
	default:
		if mp.p.preempt && mp.curg != none {
			m.preempted(mp, mp.p)
		}
	}
	return true
}

// preempted puts the running goroutine behind all others: to the tail of the global
// queue, as Gosched does.
func (m *Machine) preempted(mp *thread, pp *proc) {
	gi := mp.curg
	pp.preempt = false
	m.stats.Preempted++
	m.observe(Observed{What: Preempt, P: pp.id, M: mp.id, G: m.gs[gi].id})
	m.runnable(gi)
	mp.curg = none
	if m.disc != nil {
		m.disc.ran(m, gi, m.now-pp.began)
		m.disc.put(m, pp, gi, preempted)
		return
	}
	m.globalPut(gi)
	if m.npidle != 0 {
		m.wakep()
	}
}

// advance begins a new time slice.
func (pp *proc) advance(poll uint32) {
	pp.schedtick++
	if pp.phase++; pp.phase == poll {
		pp.phase = 0
	}
}

// schedule chooses what the thread runs next. It returns false if the thread has nothing
// more to do in this turn.
func (m *Machine) schedule(mp *thread) bool {
	pp := mp.p
	if mp.lockedg != none || mp.dying {
		m.leaveP(mp)
		return false
	}
	pp.preempt = false
	if len(pp.timers) > 0 {
		m.runTimers(pp, pp)
	}
	if gi, inherits := m.findLocal(pp); gi != none {
		return m.run(mp, pp, gi, inherits)
	}
	return m.findElsewhere(mp, pp)
}

// findLocal is the local part of the search. It also returns whether the goroutine goes on
// in the time slice of the one before.
func (m *Machine) findLocal(pp *proc) (gi uint32, inherits bool) {
	q := m.rules.Quirks
	if m.disc != nil {
		return m.disc.get(m, pp), false
	}
	poll := pp.phase == 0 && m.global.size > 0 && q&NoPoll == 0
	if poll && (q&PollAfterRunnext == 0 || pp.runnext == none) {
		m.stats.Polls++
		return m.globalGet(), false
	}
	if gi := pp.runnext; gi != none {
		pp.runnext = none
		return gi, q&RunnextTicks == 0
	}
	switch {
	case pp.head != pp.tail:
		gi = pp.runq[pp.head%ring]
		pp.head++
	case m.global.size > 0:
		gi = m.globalGetBatch(pp)
	}
	return gi, false
}

// run makes the thread run a goroutine that was chosen. If that is locked to another
// thread, that one runs it, and counts the tick.
func (m *Machine) run(mp *thread, pp *proc, gi uint32, inherits bool) bool {
	if mp.spinning {
		m.resetSpinning(mp)
	}
	if m.gs[gi].flags&threadLocked != 0 {
		m.startLocked(mp, pp, gi)
		return false
	}
	m.execute(mp, pp, gi, inherits)
	return true
}

// execute puts the goroutine on the thread. Unless it inherits the time slice of the one
// before, it begins a new one.
func (m *Machine) execute(mp *thread, pp *proc, gi uint32, inherits bool) {
	if !inherits {
		pp.advance(m.rules.Poll)
	}
	mp.curg = gi
	m.decisions++
	m.now += m.switchCost
	if m.measure {
		m.note(mp, pp, gi)
	}
}

// note keeps the figures of a decision that not everybody wants.
func (m *Machine) note(mp *thread, pp *proc, gi uint32) {
	g := &m.gs[gi]
	if gi != pp.last {
		pp.last = gi
		m.stats.Switches++
	}
	waited := time.Duration(max(m.now-m.cold[gi].since, 0)) // another P may have been ahead
	m.stats.WaitSum += waited
	m.stats.WaitMax = max(m.stats.WaitMax, waited)
	pp.began = m.now
	m.observe(Observed{What: Start, P: pp.id, M: mp.id, G: g.id})
}

// findElsewhere is the rest of the search, when neither the P nor the global queue has
// anything: the network, then the other Ps.
func (m *Machine) findElsewhere(mp *thread, pp *proc) bool {
	if m.net.waiters > 0 && m.net.poller == nil {
		if list := m.netpoll(); len(list) > 0 {
			m.inject(list[1:], pp)
			return m.run(mp, pp, list[0], false)
		}
	}
	if m.rules.Quirks&NoSteal == 0 && m.disc == nil &&
		(mp.spinning || 2*m.nmspinning < int32(len(m.ps))-m.npidle) {
		if !mp.spinning {
			m.becomeSpinning(mp)
		}
		mp.hunt = hunt{}
		return m.steal(mp)
	}
	if m.rules.Quirks&NoSteal != 0 || m.disc != nil {
		for _, other := range m.ps {
			m.runTimers(other, pp) // timers are not what these rules forbid to take
		}
		if m.hasWork(pp) {
			return m.schedule(mp)
		}
	}
	return m.giveUpP(mp)
}
