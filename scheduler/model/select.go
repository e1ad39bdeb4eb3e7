package model

import (
	"fmt"
	"math/bits"
)

// Select. In the runtime (select.go: selectgo): the cases are numbered with the sends
// first, in the order of the source, and the receives behind them, last one first.
// Pass 1 looks at them in an order that is drawn afresh each time, one random number
// for each channel that is not nil, and takes the first that is ready. If none is and
// there is no default, pass 2 queues at every channel, in the order of their
// addresses; here that is the order of their numbers. Pass 3, after waking, leaves the
// other queues; here the waker does that.
//
// A select of one case with a default is compiled to a plain try; one of one case
// without default to the plain operation; one of no case blocks for ever. None of them
// draws.
type selectCode struct {
	cases  []selectCase // in the order in which the runtime numbers them
	orElse bool         // has a default
	draws  bool
}

type selectCase struct {
	send   bool
	ch     uint32
	source uint32 // the index in the source
}

func layOutSelect(p *Program, op Op) selectCode {
	s := selectCode{orElse: op.Default, draws: len(op.Cases) > 1}
	add := func(i int) {
		c := op.Cases[i]
		s.cases = append(s.cases, selectCase{c.Send, uint32(c.Chan), uint32(i)})
	}
	for i := range op.Cases {
		if op.Cases[i].Send {
			add(i)
		}
	}
	for i := len(op.Cases) - 1; i >= 0; i-- {
		if !op.Cases[i].Send {
			add(i)
		}
	}
	return s
}

// waitNode is the place of a select in one of the queues where it waits.
type waitNode struct {
	next, prev uint32
	g          uint32
	sibling    uint32 // the node of the next case of the same select, or of the list of free ones
	ch         uint32
	source     uint32
	send       bool
}

// selectPanics marks, in gor.aux, a select that was woken because a channel was closed
// to which it wanted to send.
const selectPanics = 1 << 16

func (m *Machine) selectGo(mp *thread, pp *proc, gi, at uint32) (stopped, uint32) {
	s := &m.compiled.selects[at]
	g := &m.gs[gi]
	order := m.pollOrder(mp, s)
	if i, ok := m.firstReady(s, order); ok {
		c := &s.cases[i]
		if c.send && m.chans[c.ch].closed {
			return m.panics(mp, pp, gi, resTryPanics), 0
		}
		if c.send {
			m.trySend(pp, &m.chans[c.ch])
		} else {
			m.tryRecv(pp, &m.chans[c.ch])
		}
		return stillRunning, c.source
	}
	if m.err != nil {
		return aborted, 0
	}
	if s.orElse {
		return stillRunning, resDefault
	}
	g.step = stepSelect
	m.cold[gi].sel = none
	for _, i := range m.lockOrder(s, order) {
		m.waitAt(gi, &s.cases[i])
	}
	return gaveUp, 0
}

// pollOrder draws the order in which the cases are looked at: a shuffle from the
// inside out. Cases on nil channels are left out and draw nothing.
func (m *Machine) pollOrder(mp *thread, s *selectCode) []int {
	order := make([]int, 0, 8)
	for i := range s.cases {
		if m.chans[s.cases[i].ch].cap < 0 {
			continue
		}
		j := 0
		if s.draws {
			j = int(m.randn(mp, uint32(len(order)+1)))
		}
		order = append(order, 0)
		order[len(order)-1] = order[j]
		order[j] = i
	}
	return order
}

// firstReady returns the first case in that order that can go on at once. With
// Config.Chosen, and more than one ready, it returns the recorded one.
func (m *Machine) firstReady(s *selectCode, order []int) (int, bool) {
	var ready []int
	for _, i := range order {
		if m.canGo(&s.cases[i]) {
			ready = append(ready, i)
		}
	}
	switch {
	case len(ready) == 0:
		return 0, false
	case len(ready) == 1:
		return ready[0], true
	}
	m.stats.Ambiguous++
	if m.cfg.Chosen == nil {
		return ready[0], true
	}
	at := m.forgotten + len(m.log) // the number of the event that the select will make
	if at >= len(m.cfg.Chosen) {
		m.err = fmt.Errorf("%w: at event %d a select has several cases ready, and the record has ended", ErrReplay, at)
		return 0, false
	}
	want := m.cfg.Chosen[at]
	for _, i := range ready {
		c := &s.cases[i]
		if panics := c.send && m.chans[c.ch].closed; panics && want == 1001 || !panics && int32(c.source) == want {
			return i, true
		}
	}
	m.err = fmt.Errorf("%w: at event %d a select took %d, which is not ready", ErrReplay, at, want)
	return 0, false
}

func (m *Machine) canGo(c *selectCase) bool {
	ch := &m.chans[c.ch]
	if c.send {
		return ch.closed || ch.recvq.head != none || ch.count < ch.cap
	}
	return ch.sendq.head != none || ch.count > 0 || ch.closed
}

// lockOrder returns the cases in the order of their channels. The runtime sorts with a
// heap, which is not stable: a channel that stands in several cases is queued at in the
// order that falls out of it, so the very same sort is made here.
func (m *Machine) lockOrder(s *selectCode, poll []int) []int {
	key := func(i int) uint32 { return s.cases[i].ch }
	lock := make([]int, len(poll))
	for i, c := range poll { // sift up
		j := i
		for j > 0 && key(lock[(j-1)/2]) < key(c) {
			lock[j] = lock[(j-1)/2]
			j = (j - 1) / 2
		}
		lock[j] = c
	}
	for end := len(lock) - 1; end >= 0; end-- { // move the greatest behind, sift down
		c := lock[end]
		lock[end] = lock[0]
		j := 0
		for {
			down := 2*j + 1
			if down >= end {
				break
			}
			if down+1 < end && key(lock[down]) < key(lock[down+1]) {
				down++
			}
			if key(c) >= key(lock[down]) {
				break
			}
			lock[j] = lock[down]
			j = down
		}
		lock[j] = c
	}
	return lock
}

// waitAt queues a select at the channel of one of its cases.
func (m *Machine) waitAt(gi uint32, c *selectCase) {
	n := m.freeN
	if n != none {
		m.freeN = m.nodes[n].sibling
	} else {
		n = uint32(len(m.nodes))
		m.nodes = append(m.nodes, waitNode{})
	}
	m.nodes[n] = waitNode{g: gi, sibling: m.cold[gi].sel, ch: c.ch, source: c.source, send: c.send}
	m.cold[gi].sel = n
	m.enqueue(m.chans[c.ch].queue(c.send), n|isNode)
}

func (c *channel) queue(send bool) *waitq {
	if send {
		return &c.sendq
	}
	return &c.recvq
}

// selected takes a select out of all its queues, because the case at w woke it, and
// returns its goroutine.
func (m *Machine) selected(w uint32) uint32 {
	won := m.nodes[w&^isNode]
	gi := won.g
	for n := m.cold[gi].sel; n != none; {
		node := &m.nodes[n]
		m.remove(m.chans[node.ch].queue(node.send), n|isNode)
		next := node.sibling
		node.sibling = m.freeN
		m.freeN = n
		n = next
	}
	m.cold[gi].sel = none
	g := &m.gs[gi]
	g.aux = won.source
	if won.send && m.chans[won.ch].closed {
		g.aux |= selectPanics
	}
	return gi
}

// rand draws a random number as the runtime's cheaprand does, from the state of the M
// (rand.go; wyrand).
func (m *Machine) rand(mp *thread) uint32 {
	mp.rnd += 0xa0761d6478bd642f
	hi, lo := bits.Mul64(mp.rnd, mp.rnd^0xe7037ed1a0b428db)
	return uint32(hi ^ lo)
}

// randn draws a number below n.
func (m *Machine) randn(mp *thread, n uint32) uint32 {
	return uint32(uint64(m.rand(mp)) * uint64(n) >> 32)
}
