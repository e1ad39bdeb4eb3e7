package model

import "fmt"

// maxPriority bounds the operand of Priority; 0 is the lowest.
const maxPriority = 63

func (m *Machine) tooMany(g *gor, pc uint32) {
	m.err = fmt.Errorf("%w: goroutine %d at %d (%s) would make more than %d at once",
		ErrGoroutines, g.id, pc, m.place(pc), m.cfg.Goroutines)
}
