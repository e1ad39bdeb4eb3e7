package model

import (
	"fmt"
	"slices"
	"unsafe"
)

// Whereabouts says where each goroutine of a machine is, by the lists that hold it, and
// reports an error if one is nowhere or in two places, or if one that could run is left
// over at the end.
func (m *Machine) Whereabouts() error {
	places := make([][]string, len(m.gs))
	at := func(gi uint32, place string) { places[gi] = append(places[gi], place) }
	runnable := func(gi uint32, place string) {
		at(gi, "runnable: "+place)
	}
	for gi := m.free; gi != none; gi = m.gs[gi].next {
		at(gi, "free")
	}
	for _, mp := range m.ms {
		if mp.curg != none {
			runnable(mp.curg, fmt.Sprintf("M%d", mp.id))
		}
		if mp.stage == stageWoken && mp.lockedg != none {
			runnable(mp.lockedg, fmt.Sprintf("handed to M%d", mp.id))
		}
	}
	for _, pp := range m.ps {
		if pp.runnext != none {
			runnable(pp.runnext, fmt.Sprintf("runnext of P%d", pp.id))
		}
		for i := pp.head; i != pp.tail; i++ {
			runnable(pp.runq[i%ring], fmt.Sprintf("ring of P%d", pp.id))
		}
		if pp.tail-pp.head > ring {
			return fmt.Errorf("the ring of P%d holds %d", pp.id, pp.tail-pp.head)
		}
		for _, d := range pp.timers {
			if d.g != none {
				at(d.g, "asleep")
			}
		}
	}
	n := uint32(0)
	for gi := m.global.head; gi != none; gi = m.gs[gi].next {
		runnable(gi, "global queue")
		n++
	}
	if n != m.global.size {
		return fmt.Errorf("the global queue holds %d and says %d", n, m.global.size)
	}
	switch q := m.disc.(type) {
	case *fifoQueue:
		for _, gi := range q.q {
			runnable(gi, "fifo")
		}
	case *priorityQueue:
		for _, level := range q.queues {
			for _, gi := range level {
				runnable(gi, "priority queue")
			}
		}
	case *fairQueue:
		for _, e := range q.h {
			runnable(e.g, "fair queue")
		}
	}
	for _, c := range m.net.pending {
		at(c.g, "network")
	}
	selecting := make(map[uint32]bool)
	waiting := func(q *waitq, place string) error {
		prev := uint32(none)
		for w := q.head; w != none; {
			if w&isNode != 0 {
				selecting[m.nodes[w&^isNode].g] = true
			} else {
				at(w, place)
			}
			next, back := m.link(w)
			if w != q.head && *back != prev {
				return fmt.Errorf("%s: the way back from %d leads to %d and not %d", place, w, *back, prev)
			}
			prev = w
			w = *next
		}
		if q.head != none && prev != q.tail {
			return fmt.Errorf("%s: the tail is %d and not %d", place, q.tail, prev)
		}
		return nil
	}
	var queues []*waitq
	for i := range m.chans {
		queues = append(queues, &m.chans[i].recvq, &m.chans[i].sendq)
	}
	for i := range m.mutexes {
		queues = append(queues, &m.mutexes[i].sema.q)
	}
	for i := range m.rws {
		queues = append(queues, &m.rws[i].w.sema.q, &m.rws[i].readerSem.q, &m.rws[i].writerSem.q)
	}
	for i := range m.groups {
		queues = append(queues, &m.groups[i].sema.q)
	}
	for i := range m.conds {
		queues = append(queues, &m.conds[i].q)
	}
	for i, q := range queues {
		if err := waiting(q, fmt.Sprintf("queue %d", i)); err != nil {
			return err
		}
	}
	for gi := range selecting {
		at(gi, "selects")
	}
	for gi := uint32(1); gi < uint32(len(m.gs)); gi++ {
		g := &m.gs[gi]
		if len(places[gi]) == 0 && m.blocksForEver(g) {
			continue
		}
		if len(places[gi]) != 1 {
			return fmt.Errorf("goroutine %d (slot %d, at %s) is in %d places: %v", g.id, gi, m.place(g.pc), len(places[gi]), places[gi])
		}
		if m.err == nil && m.fatal == "" && slices.ContainsFunc(places[gi], func(s string) bool { return s[0] == 'r' }) {
			return fmt.Errorf("goroutine %d (at %s) could run and does not: %v", g.id, m.place(g.pc), places[gi])
		}
	}
	return nil
}

// blocksForEver reports whether a goroutine waits in no queue: for a nil channel, or in a
// select that has no other.
func (m *Machine) blocksForEver(g *gor) bool {
	in := m.code[g.pc]
	switch Kind(in.op()) {
	case Send, Recv:
		return m.chans[in.arg()].cap < 0
	case Select:
		return !slices.ContainsFunc(m.compiled.selects[in.arg()].cases, func(c selectCase) bool {
			return m.chans[c.ch].cap >= 0
		})
	}
	return false
}

// Slowly makes the machine take the paths that other rules take, under Go's rules.
func (m *Machine) Slowly() { m.slowly = true }

// BytesPerGoroutine is what a goroutine takes, besides a counter of four bytes for each
// level of its program's loops.
const BytesPerGoroutine = unsafe.Sizeof(gor{}) + unsafe.Sizeof(slow{})
