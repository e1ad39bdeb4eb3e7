package model

import "math"

// agenda is who comes when: threads that run, sleep until a time or are being woken,
// sysmon, and connections that become ready. It is a binary heap by time; equal times
// come in the order in which they were entered, so that a run can be replayed.
type agenda struct {
	turns heap[turn]
	// live counts the turns that can lead to anything: all but sysmon's.
	live int
}

type turn struct {
	at  int64
	seq uint64 // also the identity: a thread's turn is void if the thread has made a newer one
	who actor
	m   *thread
}

type actor uint8

const (
	actorThread actor = iota
	actorSysmon
	actorNet   // a connection became ready
	actorClock // an interrupt of the clock, under policies that have one
)

func (t turn) before(u turn) bool { return t.at < u.at || t.at == u.at && t.seq < u.seq }

func (a *agenda) push(t turn) {
	if t.who != actorSysmon {
		a.live++
	}
	a.turns.push(t)
}

func (a *agenda) pop() (turn, bool) {
	if len(a.turns) == 0 {
		return turn{}, false
	}
	first := a.turns.pop()
	if first.who != actorSysmon {
		a.live--
	}
	return first, true
}

// next returns when the next turn comes.
func (a *agenda) next() int64 {
	if len(a.turns) == 0 {
		return math.MaxInt64
	}
	return a.turns[0].at
}

// idle reports whether t was popped when nothing but sysmon is left to happen.
func (a *agenda) idle(t turn) bool { return t.who == actorSysmon && a.live == 0 }

// enter puts a turn on the agenda; whoever runs now must stop when it comes.
func (m *Machine) enter(t turn) uint64 {
	m.seq++
	t.seq = m.seq
	m.agenda.push(t)
	m.horizon = min(m.horizon, t.at)
	return t.seq
}

// meet gives a thread its next turn, in place of any that it had.
func (m *Machine) meet(mp *thread, at int64) {
	mp.turn = m.enter(turn{at: at, who: actorThread, m: mp})
}

// take lets the actor whose turn it is act.
func (m *Machine) take(t turn) {
	if t.who == actorThread && t.m.turn != t.seq {
		return // it has another turn by now
	}
	m.latest = max(m.latest, m.now)
	m.now = t.at // others may be ahead by one operation
	m.horizon = m.agenda.next()
	switch t.who {
	case actorThread:
		t.m.turn = 0
		m.drive(t.m)
	case actorSysmon:
		m.sysmonLook(t)
	case actorNet:
		m.netReady()
	case actorClock:
		for _, pp := range m.ps {
			m.runTimers(pp, pp)
		}
	}
}
