package model

import (
	"context"
	"fmt"
)

// maxPriority bounds the operand of Priority; 0 is the lowest.
const maxPriority = 63

func (m *Machine) tooMany(g *gor, pc uint32) {
	m.err = fmt.Errorf("%w: goroutine %d at %d (%s) would make more than %d at once",
		ErrGoroutines, g.id, pc, m.place(pc), m.cfg.Goroutines)
}

// audit is called every 10 ms of virtual time at the latest: has the context ended, or
// has the program run for too long?
func (m *Machine) audit() {
	if err := context.Cause(m.ctx); err != nil {
		m.err = fmt.Errorf("run stopped after %d decisions: %w", m.decisions, err)
		return
	}
	m.trim()
	steps := int64(m.seq) + int64(m.decisions) + int64(m.forgotten+len(m.log)) + int64(m.ends)
	if steps <= m.cfg.Steps {
		return
	}
	m.err = fmt.Errorf("%w: stopped after %d steps", ErrSteps, steps)
	for _, mp := range m.ms {
		if mp.curg != none {
			g := &m.gs[mp.curg]
			m.err = fmt.Errorf("%w: after %d steps goroutine %d is at %d (%s)",
				ErrSteps, steps, g.id, g.pc, m.place(g.pc))
			return
		}
	}
}

func (m *Machine) place(pc uint32) string {
	if places := m.program.Places(); int(pc) < len(places) {
		return places[pc]
	}
	return "nowhere"
}
