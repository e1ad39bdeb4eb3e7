package model

import (
	"math/bits"
	"slices"
	"strings"
)

// Policy is a way to schedule, by name. All but the first are for contrast: other
// designs, older ones, or Go's without one of its parts.
type Policy struct {
	Name string
	Doc  string
	Rules
}

// Policies lists the policies, Go's own first.
var Policies = []Policy{
	{Name: "go", Doc: "Go 1.26"},
	{Name: "global-fifo", Doc: "one queue for all Ps, as before Go 1.1", Rules: Rules{Queue: "fifo"}},
	{Name: "no-runnext", Doc: "new and woken goroutines go to the tail of the ring", Rules: Rules{Quirks: NoRunnext}},
	{Name: "no-steal", Doc: "a P runs only what is put on its own queue, or the global one", Rules: Rules{Quirks: NoSteal}},
	{Name: "steal-one", Doc: "a thief takes one goroutine, not half of the ring", Rules: Rules{Quirks: StealOne}},
	{Name: "no-poll", Doc: "the global queue is looked at only when the own one is empty", Rules: Rules{Quirks: NoPoll}},
	{Name: "no-handoff", Doc: "a system call keeps its P", Rules: Rules{Quirks: NoRetake}},
	{Name: "no-async-preempt", Doc: "computing is not interrupted, as before Go 1.14", Rules: Rules{Quirks: NoAsyncPreempt}},
	{Name: "handoff-mutex", Doc: "Unlock gives the mutex to the first waiter: no barging", Rules: Rules{Quirks: HandOffMutex}},
	{Name: "priority", Doc: "fixed priorities, preemptive, as in a small real-time kernel", Rules: Rules{Queue: "priority"}},
	{Name: "fair", Doc: "weighted-fair: whoever had least for its weight (priority + 1) runs", Rules: Rules{Queue: "fair"}},
}

// PolicyNamed returns the policy of that name.
func PolicyNamed(name string) (Policy, bool) {
	i := slices.IndexFunc(Policies, func(p Policy) bool { return strings.EqualFold(p.Name, name) })
	if i < 0 {
		return Policy{}, false
	}
	return Policies[i], true
}

// why a goroutine is put on a queue.
type why uint8

const (
	newlyReady why = iota // created or woken
	gaveWay               // Gosched, or the end of a slice
	preempted             // by one that is more urgent, or by sysmon
)

// discipline is another way to keep runnable goroutines, instead of Go's rings and
// global queue: one queue for all Ps.
type discipline interface {
	put(m *Machine, pp *proc, gi uint32, w why)
	get(m *Machine, pp *proc) uint32 // none if there is nothing
	any() bool
	// ran is told that a goroutine used the processor for ns.
	ran(m *Machine, gi uint32, ns int64)
	// preempts reports whether somebody waits who is more urgent than priority prio.
	preempts(m *Machine, prio uint16) bool
	// clock reports whether timers interrupt who runs. Go has no such interrupt: a P looks
	// at its timers when it chooses what to run next.
	clock() bool
	// quantum is how long a goroutine may compute while others wait; 0: without end.
	quantum() int64
}

var disciplines = map[string]func() discipline{
	"fifo":     func() discipline { return &fifoQueue{} },
	"priority": func() discipline { return &priorityQueue{} },
	"fair":     func() discipline { return &fairQueue{vtime: map[uint32]int64{}} },
}

func (r Rules) discipline() discipline {
	if r.Queue == "" {
		return nil
	}
	return disciplines[r.Queue]()
}

// fifoQueue is one queue, first in, first out.
type fifoQueue struct{ q []uint32 }

func (f *fifoQueue) put(_ *Machine, _ *proc, gi uint32, _ why) { f.q = append(f.q, gi) }
func (f *fifoQueue) any() bool                                 { return len(f.q) > 0 }
func (f *fifoQueue) ran(*Machine, uint32, int64)               {}
func (f *fifoQueue) preempts(*Machine, uint16) bool            { return false }
func (f *fifoQueue) quantum() int64                            { return 0 }
func (f *fifoQueue) clock() bool                               { return false }
func (f *fifoQueue) get(*Machine, *proc) uint32 {
	if len(f.q) == 0 {
		return none
	}
	gi := f.q[0]
	f.q = f.q[1:]
	return gi
}

// priorityQueue is a queue for each priority and a bit map of those that hold
// somebody, as small real-time kernels have. Whoever becomes ready and is more urgent
// than one who runs takes the processor at once; the one who had it stays at the head
// of its queue. There are no time slices: equals wait for each other. Who waits for a
// semaphore, a mailbox (a channel of capacity one) or a queue (a buffered channel) is
// served by priority too (Machine.mostUrgent).
type priorityQueue struct {
	ready  uint64 // bit p is set: queue p is not empty
	queues [maxPriority + 1][]uint32
}

func (p *priorityQueue) put(m *Machine, _ *proc, gi uint32, w why) {
	prio := m.gs[gi].prio
	q := &p.queues[prio]
	if w == preempted {
		*q = slices.Insert(*q, 0, gi)
	} else {
		*q = append(*q, gi)
	}
	p.ready |= 1 << prio
	if w == newlyReady {
		m.displace(prio)
	}
}

func (p *priorityQueue) get(*Machine, *proc) uint32 {
	if p.ready == 0 {
		return none
	}
	top := 63 - bits.LeadingZeros64(p.ready)
	q := &p.queues[top]
	gi := (*q)[0]
	if *q = (*q)[1:]; len(*q) == 0 {
		p.ready &^= 1 << top
	}
	return gi
}

func (p *priorityQueue) any() bool                   { return p.ready != 0 }
func (p *priorityQueue) ran(*Machine, uint32, int64) {}
func (p *priorityQueue) quantum() int64              { return 0 }
func (p *priorityQueue) clock() bool                 { return true }
func (p *priorityQueue) preempts(_ *Machine, prio uint16) bool {
	return p.ready>>prio>>1 != 0
}

// displace makes the least urgent of the running goroutines give way, if it is less
// urgent than prio and no P is idle.
func (m *Machine) displace(prio uint16) {
	if m.npidle > 0 {
		return
	}
	var least *proc
	for _, pp := range m.ps {
		if pp.m == nil || pp.m.curg == none || pp.m.stage == stageSyscall || pp.preempt {
			continue
		}
		if p := m.gs[pp.m.curg].prio; p < prio && (least == nil || p < m.gs[least.m.curg].prio) {
			least = pp
		}
	}
	if least == nil {
		return
	}
	least.preempt = true
	switch {
	case least.m.stage == stageCPU:
		m.meet(least.m, m.now)
	case least.m == m.running:
		m.horizon = m.now - 1 // it stops after this operation
	}
}

// mostUrgent returns the waiter of the highest priority, the first among equals.
func (m *Machine) mostUrgent(q *waitq) uint32 {
	best := q.head
	for w := q.head; w != none; {
		if m.gs[m.waiter(w)].prio > m.gs[m.waiter(best)].prio {
			best = w
		}
		next, _ := m.link(w)
		w = *next
	}
	return best
}

func (m *Machine) waiter(w uint32) uint32 {
	if w&isNode != 0 {
		return m.nodes[w&^isNode].g
	}
	return w
}

// fairQueue is weighted-fair queueing: each goroutine has a virtual time, which runs
// the slower the greater its weight, and the one with the least runs. Who has slept does
// not bring the time with it that it did not use.
type fairQueue struct {
	h     heap[fairEntry]
	vtime map[uint32]int64 // by number of the goroutine
	least int64
	seq   uint64
}

type fairEntry struct {
	vtime int64
	seq   uint64
	g     uint32
}

func (e fairEntry) before(f fairEntry) bool {
	return e.vtime < f.vtime || e.vtime == f.vtime && e.seq < f.seq
}

// fairQuantum is how long one may compute while others wait.
const fairQuantum = 3_000_000

func (f *fairQueue) put(m *Machine, _ *proc, gi uint32, w why) {
	if w == newlyReady {
		f.vtime[m.gs[gi].id] = max(f.vtime[m.gs[gi].id], f.least)
	}
	f.seq++
	f.h.push(fairEntry{f.vtime[m.gs[gi].id], f.seq, gi})
}

func (f *fairQueue) get(*Machine, *proc) uint32 {
	if len(f.h) == 0 {
		return none
	}
	e := f.h.pop()
	f.least = max(f.least, e.vtime)
	return e.g
}

func (f *fairQueue) any() bool                      { return len(f.h) > 0 }
func (f *fairQueue) preempts(*Machine, uint16) bool { return false }
func (f *fairQueue) quantum() int64                 { return fairQuantum }
func (f *fairQueue) clock() bool                    { return true }
func (f *fairQueue) ran(m *Machine, gi uint32, ns int64) {
	const unit = 64
	f.vtime[m.gs[gi].id] += ns * unit / int64(m.gs[gi].prio+1)
}
