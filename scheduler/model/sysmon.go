package model

import "math"

// sysmon is the thread that watches, and needs no P. In the runtime (proc.go: sysmon,
// retake; Go 1.26) it sleeps 20 µs, and after 50 looks in a row without effect twice as
// long each time, up to 10 ms. At each look, for each P that is running:
//
//   - if it has been in the same time slice for 10 ms, since sysmon first saw that
//     slice, its goroutine is told to give way;
//   - if it is in a system call that sysmon sees for the second time, the P is taken and
//     handed off; unless it has nothing to run, others are idle or spinning, and the
//     call is not yet 10 ms old. A slice that is over is reason enough.
//
// It polls the network if nobody has for 10 ms. When all Ps are idle it sleeps deeply,
// until a timer is due or a thread enters or leaves a system call.
type sysmon struct {
	delay int64
	idle  int
	deep  bool
	turn  uint64
}

type sysmonTick struct {
	schedtick, syscalltick uint32
	schedwhen, syscallwhen int64
}

const (
	sysmonMin     = 20_000
	sysmonMax     = 10_000_000
	forcePreempt  = 10_000_000 // ns
	sysmonPatient = 50
	sysmonDeep    = 60_000_000_000 // half of forcegcperiod
)

func (m *Machine) sysmonStart() {
	m.sysmon = sysmon{delay: sysmonMin}
	m.sysmonSleep(m.now + sysmonMin)
}

func (m *Machine) sysmonSleep(until int64) {
	m.sysmon.turn = m.enter(turn{at: until, who: actorSysmon})
}

// sysmonWake ends a deep sleep: a thread enters or leaves a system call.
func (m *Machine) sysmonWake() {
	s := &m.sysmon
	if !s.deep {
		return
	}
	s.deep = false
	s.idle, s.delay = 0, sysmonMin
	m.sysmonSleep(m.now)
}

func (m *Machine) sysmonLook(t turn) {
	s := &m.sysmon
	if t.seq != s.turn {
		return // it was woken since
	}
	m.audit()
	if m.npidle == int32(len(m.ps)) && !s.deep {
		if next := m.nextTimer(); next == 0 || next > m.now {
			s.deep = true
			until := m.now + sysmonDeep
			if next != 0 {
				until = min(until, next)
			}
			m.sysmonSleep(until)
			return
		}
	}
	s.deep = false
	if m.net.poller == nil && m.net.lastpoll+10_000_000 < m.now && m.net.waiters > 0 {
		m.net.lastpoll = m.now
		m.inject(m.netpoll(), nil)
	}
	if m.retake() {
		s.idle = 0
	} else {
		s.idle++
	}
	if s.idle == 0 {
		s.delay = sysmonMin
	} else if s.idle > sysmonPatient {
		s.delay = min(2*s.delay, sysmonMax)
	}
	m.sysmonSleep(m.now + s.delay)
}

// retake looks at every running P. It reports whether it took one.
func (m *Machine) retake() bool {
	took := false
	for _, pp := range m.ps {
		if !pp.running || pp.m == nil {
			continue
		}
		seen := &pp.seen
		over := false
		if seen.schedtick != pp.schedtick {
			seen.schedtick, seen.schedwhen = pp.schedtick, m.now
		} else if seen.schedwhen+forcePreempt <= m.now {
			m.preemptOne(pp)
			over = true
		}
		if pp.m.stage != stageSyscall || m.rules.Quirks&NoRetake != 0 {
			continue
		}
		if !over && seen.syscalltick != pp.syscalltick {
			seen.syscalltick, seen.syscallwhen = pp.syscalltick, m.now
			continue
		}
		if pp.empty() && m.nmspinning+m.npidle > 0 && seen.syscallwhen+forcePreempt > m.now {
			continue
		}
		m.stats.Retaken++
		m.observe(Observed{What: Retake, P: pp.id, M: pp.m.id, G: m.gs[pp.m.curg].id})
		m.takeP(pp)
		m.handOff(pp)
		took = true
	}
	return took
}

// preemptOne asks a P's goroutine to give way. One that computes is interrupted at
// once, by a signal.
func (m *Machine) preemptOne(pp *proc) {
	mp := pp.m
	if mp.curg == none || mp.stage == stageSyscall || m.rules.Quirks&NoPreempt != 0 {
		return
	}
	pp.preempt = true
	if mp.stage == stageCPU && m.rules.Quirks&NoAsyncPreempt == 0 {
		m.meet(mp, m.now)
	}
}

// nextTimer returns when the next timer of any P is due, or 0.
func (m *Machine) nextTimer() int64 {
	next := int64(math.MaxInt64)
	for _, pp := range m.ps {
		if w := pp.timers.next(); w != 0 {
			next = min(next, w)
		}
	}
	if next == math.MaxInt64 {
		return 0
	}
	return next
}
