package model

// compute uses the processor for left nanoseconds. Nothing that others do in that time
// concerns the goroutine, except that it may be preempted.
func (m *Machine) compute(gi uint32, left int64) stopped {
	g, c, mp := &m.gs[gi], &m.cold[gi], m.running
	pp := mp.p
	for {
		if left <= 0 {
			g.step = stepStart
			return stillRunning
		}
		stretch := left
		if m.disc != nil && m.disc.quantum() > 0 && m.disc.any() {
			stretch = min(left, pp.began+m.disc.quantum()-m.now)
			if stretch <= 0 {
				c.left, g.step = left, stepCPU
				m.runnable(gi)
				m.disc.ran(m, gi, m.now-pp.began)
				pp.began = m.now // so that it is not counted twice
				m.stats.Preempted++
				m.disc.put(m, pp, gi, gaveWay)
				return gaveUp
			}
		}
		if m.now+stretch >= m.horizon {
			c.left, g.step = left, stepCPU
			mp.stage, mp.since = stageCPU, m.now
			m.meet(mp, m.now+stretch)
			return computing
		}
		m.now += stretch
		left -= stretch
	}
}
