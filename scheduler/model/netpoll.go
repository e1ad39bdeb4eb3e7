package model

// The network. In the runtime (netpoll.go, netpoll_epoll.go, proc.go: findRunnable,
// injectglist): a goroutine that waits for a connection is parked, and no thread waits
// with it. Whoever finds nothing else to do asks the kernel what is ready; one thread
// without a P may block in that question, until a connection is ready or the next timer
// is due, counted in whole milliseconds. What is ready comes as a list, last event
// first: its head runs, and for the rest one goroutine goes to the global queue for
// each idle P, and what is left to the ring.
type network struct {
	pending  heap[connection]
	waiters  int
	poller   *thread // blocked in epoll_wait
	until    int64   // when the poller will return at the latest; 0: it waits without end
	spinning bool    // the poller was spinning before
	lastpoll int64
}

// connection becomes ready at a time, for a goroutine.
type connection struct {
	at  int64
	seq uint64
	g   uint32
}

func (c connection) before(d connection) bool { return c.at < d.at || c.at == d.at && c.seq < d.seq }

// maxEvents is how many events one epoll_wait returns at most.
const maxEvents = 128

func (m *Machine) netWait(gi uint32, d int64) stopped {
	if d == 0 {
		return stillRunning
	}
	m.gs[gi].step = stepDone
	m.net.waiters++
	seq := m.enter(turn{at: m.now + d, who: actorNet})
	m.net.pending.push(connection{m.now + d, seq, gi})
	return gaveUp
}

// netReady is called when a connection becomes ready: the poller returns, if there is one.
func (m *Machine) netReady() {
	if mp := m.net.poller; mp != nil {
		m.meet(mp, m.now+m.costs.Wake)
	}
}

// netpoll asks what is ready. The goroutines are returned in the order of the list.
func (m *Machine) netpoll() []uint32 {
	var list []uint32
	for len(m.net.pending) > 0 && m.net.pending[0].at <= m.now && len(list) < maxEvents {
		c := m.net.pending.pop()
		m.runnable(c.g)
		list = append(list, c.g)
	}
	for i, j := 0, len(list)-1; i < j; i, j = i+1, j-1 {
		list[i], list[j] = list[j], list[i]
	}
	m.net.waiters -= len(list)
	if len(list) > 0 {
		m.sysmonWake() // each goes on to read from its connection, a system call
	}
	return list
}

// inject makes the goroutines of a list runnable. pp is nil if the caller has no P.
func (m *Machine) inject(list []uint32, pp *proc) {
	if len(list) == 0 {
		return
	}
	if m.disc != nil {
		for _, gi := range list {
			m.disc.put(m, pp, gi, newlyReady)
		}
		m.startIdle(len(list))
		return
	}
	n := len(list)
	if pp != nil {
		n = min(n, int(m.npidle))
	}
	for _, gi := range list[:n] {
		m.globalPut(gi)
	}
	m.startIdle(n)
	if pp == nil {
		return
	}
	for _, gi := range list[n:] {
		if pp.tail-pp.head < m.rules.Ring {
			pp.runq[pp.tail%ring] = gi
			pp.tail++
		} else {
			m.globalPut(gi)
		}
	}
	m.wakep()
}

// startIdle starts threads for up to n idle Ps.
func (m *Machine) startIdle(n int) {
	for range n {
		pp := m.pidlegetSpinning()
		if pp == nil {
			return
		}
		m.startm(pp, false)
	}
}

// waitForNetwork blocks a thread without a P in the poller, if there is anything to
// wait for and nobody does it yet; otherwise the thread sleeps.
func (m *Machine) waitForNetwork(mp *thread, until int64, wasSpinning bool) bool {
	net := &m.net
	switch {
	case (net.waiters > 0 || until != 0) && net.poller == nil:
		net.poller, net.until, net.spinning = mp, until, wasSpinning
		mp.stage = stagePoll
		mp.turn = 0
		ready := len(net.pending) > 0 && net.pending[0].at <= m.now
		switch {
		case ready:
			m.meet(mp, m.now)
		case until != 0:
			m.meet(mp, m.now+wholeMillis(until-m.now))
		}
		return false
	case until != 0 && (net.until == 0 || net.until > until):
		m.breakPoller()
	}
	return m.stopm(mp)
}

// wholeMillis is how long epoll_wait is asked to wait.
func wholeMillis(d int64) int64 {
	const ms = 1_000_000
	switch {
	case d <= 0:
		return 0
	case d < ms:
		return ms
	}
	return d / ms * ms
}

// pollReturn is what the poller does when it comes back.
func (m *Machine) pollReturn(mp *thread) bool {
	wasSpinning := m.net.spinning
	m.net.poller, m.net.until, m.net.lastpoll = nil, 0, m.now
	mp.stage = stageRun
	m.now += m.switchCost // time passes even if it returns at once, again and again
	list := m.netpoll()
	pp := m.pidleget()
	if pp == nil {
		m.inject(list, nil)
		return m.stopm(mp)
	}
	m.acquire(mp, pp)
	if len(list) > 0 {
		m.inject(list[1:], pp)
		return m.run(mp, pp, list[0], false)
	}
	if wasSpinning {
		m.becomeSpinning(mp)
	}
	return true
}

// wakePoller makes sure that somebody looks at a timer that is due at when.
func (m *Machine) wakePoller(when int64) {
	if m.net.poller == nil {
		m.wakep()
		return
	}
	if m.net.until == 0 || m.net.until > when {
		m.breakPoller()
	}
}

func (m *Machine) breakPoller() {
	if mp := m.net.poller; mp != nil {
		m.meet(mp, m.now+m.costs.Wake)
	}
}
