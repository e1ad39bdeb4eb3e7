package model

import "slices"

// stuck lists who waits at the end, in the order of their creation, with the reasons
// that a goroutine dump of the runtime gives (runtime2.go: waitReasonStrings).
func (m *Machine) stuck() []Stuck {
	free := make(map[uint32]bool)
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
