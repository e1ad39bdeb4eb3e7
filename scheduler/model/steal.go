package model

// Stealing. In the runtime (proc.go: stealWork, runqsteal, runqgrab): a thief makes four
// rounds over all Ps, each in an order drawn afresh: a random start and a random step
// that is coprime to the number of Ps. It takes the older half of a ring, rounded up,
// and runs the last of what it took. In the last round only, it also runs the timers of
// others that are due, and takes a runnext; before that it waits 3 µs if the P is
// running, since the goroutine there is probably about to block.
const (
	stealTries   = 4
	stealPauseNs = 3_000
)

// hunt is where a thief is.
type hunt struct {
	try     uint8
	going   bool // a round has begun
	at      stealEnum
	runnext uint32 // seen before the pause
}

// stealOrder is the orders in which a thief can go round.
type stealOrder struct {
	count    uint32
	coprimes []uint32
}

type stealEnum struct{ i, pos, inc uint32 }

func (o *stealOrder) reset(n uint32) {
	if o.count == n {
		return
	}
	o.count, o.coprimes = n, nil
	for i := uint32(1); i <= n; i++ {
		if gcd(i, n) == 1 {
			o.coprimes = append(o.coprimes, i)
		}
	}
}

func gcd(a, b uint32) uint32 {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

func (o *stealOrder) start(r uint32) stealEnum {
	return stealEnum{pos: r % o.count, inc: o.coprimes[r/o.count%uint32(len(o.coprimes))]}
}

// steal goes on with the hunt. It returns true if the thread has something to run.
func (m *Machine) steal(mp *thread) bool {
	h := &mp.hunt
	paused := mp.stage == stagePause
	mp.stage = stageRun
	for ; h.try < stealTries; h.try++ {
		if !h.going {
			h.at, h.going = m.order.start(m.rand(mp)), true
		}
		for ; h.at.i < m.order.count; h.at.i, h.at.pos = h.at.i+1, (h.at.pos+h.at.inc)%m.order.count {
			victim := m.ps[h.at.pos]
			if victim == mp.p {
				continue
			}
			switch gi, wait := m.stealFrom(mp, victim, paused); {
			case wait:
				mp.stage = stagePause
				m.meet(mp, m.now+stealPauseNs)
				return false
			case gi != none:
				return m.run(mp, mp.p, gi, false)
			case !mp.p.empty():
				// A timer that was run for another P made something runnable.
				return m.schedule(mp)
			}
			paused = false
		}
		h.going = false
		if len(m.ps) > 1 && h.try+1 < stealTries {
			h.try++
			mp.stage = stageSteal
			m.meet(mp, m.now+m.costs.Steal)
			return false
		}
	}
	return m.giveUpP(mp)
}

// stealFrom tries one victim. It returns the goroutine to run, or that the thief wants
// to wait a moment before it takes the victim's runnext.
func (m *Machine) stealFrom(mp *thread, victim *proc, paused bool) (gi uint32, wait bool) {
	last := mp.hunt.try == stealTries-1
	if last && !paused && len(victim.timers) > 0 {
		m.runTimers(victim, mp.p)
		if !mp.p.empty() {
			return none, false
		}
	}
	if !victim.running {
		return none, false
	}
	if n := victim.tail - victim.head; n > 0 {
		n -= n / 2
		if m.rules.Quirks&StealOne != 0 {
			n = 1
		}
		return m.stealRing(mp, victim, n), false
	}
	if !last || victim.runnext == none {
		return none, false
	}
	inSyscall := victim.m != nil && victim.m.stage == stageSyscall
	if !inSyscall && !(paused && mp.hunt.runnext == victim.runnext) {
		mp.hunt.runnext = victim.runnext
		return none, true
	}
	gi = victim.runnext
	victim.runnext = none
	m.stole(mp, victim, gi, 1)
	return gi, false
}

// stealRing takes the n oldest of the victim's ring; the last of them is to run.
func (m *Machine) stealRing(mp *thread, victim *proc, n uint32) uint32 {
	pp := mp.p
	for range n - 1 {
		pp.runq[pp.tail%ring] = victim.runq[victim.head%ring]
		pp.tail++
		victim.head++
	}
	gi := victim.runq[victim.head%ring]
	victim.head++
	m.stole(mp, victim, gi, n)
	return gi
}

func (m *Machine) stole(mp *thread, victim *proc, gi, n uint32) {
	m.stats.Stolen += uint64(n)
	m.observe(Observed{What: Steal, P: mp.p.id, M: mp.id, G: m.gs[gi].id, From: victim.id, N: int(n)})
}
