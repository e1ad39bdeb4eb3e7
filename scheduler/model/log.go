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
	m.log = append(m.log, uint64(g.id)<<32|uint64(pc<<resBits|res))
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

// Marks returns, in order, which goroutine finished a Mark. A program that marks what
// is of interest is easy to compare with a real one.
func (r *Result) Marks() []int {
	var all []int
	for _, e := range r.log {
		ev := unpack(e)
		if r.code[ev.PC].op() == opcode(Mark) {
			all = append(all, int(ev.G))
		}
	}
	return all
}
