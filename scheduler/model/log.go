package model

import "iter"

// An event is kept in eight bytes: the goroutine, the place, the result.
const (
	resBits = 8
	resMask = 1<<resBits - 1
)

// Results that are not a small number. Others are the number itself: 0, 1 or, of a
// select, the index of the case.
const (
	resDefault   = 251 // -1: select took default
	resTryPanics = 252 // 1001: a try or a select that panicked
)

func unpack(e uint64) Event {
	ev := Event{G: uint32(e >> 32), PC: uint32(e) >> resBits, Res: int32(e & resMask)}
	switch ev.Res {
	case resDefault:
		ev.Res = -1
	case resTryPanics:
		ev.Res = 1001
	}
	return ev
}

// event records that the goroutine finished the operation at pc.
func (m *Machine) event(g *gor, pc, res uint32) {
	m.log = append(m.log, event(g, pc, res))
	if m.watch != nil {
		m.watched()
	}
}

// Watch has f called right after each event of the runs that follow, with the state of the
// P on which it happened: its schedtick, how many goroutines wait in its ring and in the
// global queue, and which waits in runnext, or -1. A run that is watched does not go
// through the inner loop.
func (m *Machine) Watch(f func(tick, ring, global uint32, next int64)) {
	m.watch = f
	m.reset()
}

func (m *Machine) watched() {
	pp, next := m.running.p, int64(-1)
	if pp.runnext != none {
		next = int64(m.gs[pp.runnext].id)
	}
	m.watch(pp.schedtick, pp.tail-pp.head, m.global.size, next)
}

func event(g *gor, pc, res uint32) uint64 {
	return uint64(g.id)<<32 | uint64(pc<<resBits|res)
}

// trim forgets the log if nobody wants it.
func (m *Machine) trim() {
	if m.cfg.NoLog {
		m.forgotten += len(m.log)
		m.log = m.log[:0]
	}
}

// Order returns the events in the order in which they happened. It is empty if the
// run was made with NoLog.
func (r *Result) Order() iter.Seq[Event] {
	return func(yield func(Event) bool) {
		for _, e := range r.log {
			if !yield(unpack(e)) {
				return
			}
		}
	}
}

// Step is an event with the operation that it is about.
type Step struct {
	G   int
	Op  Op // of kind Exit at the end of a procedure
	Res int
}

// Steps returns the events in the order in which they happened, as steps of the program.
func (r *Result) Steps() iter.Seq[Step] {
	flat := r.program.flat()
	return func(yield func(Step) bool) {
		for e := range r.Order() {
			if !yield(Step{int(e.G), flat[e.PC], int(e.Res)}) {
				return
			}
		}
	}
}

// Marks returns, in order, which goroutine finished a Mark. A program that marks what
// is of interest is easy to compare with a real one.
func (r *Result) Marks() []int { return r.who(Mark) }

// Exits returns the goroutines that returned, in that order.
func (r *Result) Exits() []int { return r.who(Exit) }

func (r *Result) who(k Kind) []int {
	var all []int
	for s := range r.Steps() {
		if s.Op.Kind == k {
			all = append(all, s.G)
		}
	}
	return all
}

// flat returns the operation at each place, both ends of a Rep as that Rep.
func (p *Program) flat() []Op {
	var all []Op
	var list func(ops []Op)
	list = func(ops []Op) {
		for _, op := range ops {
			all = append(all, op)
			if op.Kind == Rep {
				list(op.Body)
				all = append(all, op)
			}
		}
	}
	for _, ops := range p.Procs {
		list(ops)
		all = append(all, Op{Kind: Exit})
	}
	return all
}
