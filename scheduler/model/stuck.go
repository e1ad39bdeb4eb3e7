package model

import (
	"fmt"
	"slices"
	"strings"
)

// stuck lists who waits at the end, in the order of their creation, with the reasons
// that a goroutine dump of the runtime gives (runtime2.go: waitReasonStrings).
func (m *Machine) stuck() []Stuck {
	free := make([]bool, len(m.gs))
	for gi := m.free; gi != none; gi = m.gs[gi].next {
		free[gi] = true
	}
	var all []Stuck
	for gi := uint32(1); gi < uint32(len(m.gs)); gi++ {
		if g := &m.gs[gi]; !free[gi] {
			all = append(all, Stuck{g.id, g.pc, m.reason(g)})
		}
	}
	slices.SortFunc(all, func(a, b Stuck) int { return int(int64(a.G) - int64(b.G)) })
	return all
}

func (m *Machine) reason(g *gor) string {
	in := m.code[g.pc]
	nilChan := func() string {
		if m.chans[in.arg()].cap < 0 {
			return " (nil chan)"
		}
		return ""
	}
	switch Kind(in.op()) {
	case Send:
		return "chan send" + nilChan()
	case Recv:
		return "chan receive" + nilChan()
	case Select:
		if len(m.compiled.selects[in.arg()].cases) == 0 {
			return "select (no cases)"
		}
		return "select"
	case Lock:
		return "sync.Mutex.Lock"
	case RLock:
		return "sync.RWMutex.RLock"
	case WLock:
		if g.flags&announced == 0 {
			return "sync.Mutex.Lock"
		}
		return "sync.RWMutex.Lock"
	case Wait:
		return "sync.WaitGroup.Wait"
	case CondWait:
		if g.step == stepRelock {
			return "sync.Cond.Wait"
		}
		return "sync.Mutex.Lock"
	default:
		return Kind(in.op()).String()
	}
}

// Report says how the run ended, in the words of the runtime. When the root itself
// waits for ever, that is what a real program prints before it dies: everybody is
// asleep.
func (r *Result) Report(p *Program) string {
	if len(r.Blocked) == 0 {
		return r.Status
	}
	var b strings.Builder
	if r.Blocked[0].G == 0 {
		fmt.Fprintln(&b, "fatal error: all goroutines are asleep - deadlock!")
	} else {
		fmt.Fprintln(&b, r.Status)
	}
	places := p.Places()
	const most = 20
	for i, s := range r.Blocked {
		if i == most {
			fmt.Fprintf(&b, "\n… and %d more\n", len(r.Blocked)-most)
			break
		}
		fmt.Fprintf(&b, "\ngoroutine %d [%s]:\n\t%s\n", s.G, s.Reason, places[s.PC])
	}
	return b.String()
}
