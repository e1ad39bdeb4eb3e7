package probe

import (
	"sync/atomic"
	"testing"
)

// A Meter counts who is inside a stretch of code, from Enter to leave. The zero Meter is
// ready for use, by any number of goroutines:
//
//	task := func(context.Context) error {
//		defer m.Enter()()
//		time.Sleep(time.Second)
//		return nil
//	}
//
// A Meter makes nobody wait. It puts nothing in an order either: the race detector does
// not see that goroutines meet in it, so it hides no race of the answer, and what it
// says must not be used to wait for somebody.
type Meter struct {
	inside, entered atomic.Int64
	peak            atomic.Int64 // the most that were inside << 32, and the line; see line
}

// Enter says that the caller is inside until it calls leave. Further calls of leave do
// nothing.
func (m *Meter) Enter() (leave func()) {
	var left atomic.Bool
	unseen(func() {
		m.entered.Add(1)
		n := m.inside.Add(1)
		for old := m.peak.Load(); n > old>>32; old = m.peak.Load() {
			if m.peak.CompareAndSwap(old, n<<32|line()) {
				break
			}
		}
	})
	return func() {
		unseen(func() {
			if left.CompareAndSwap(false, true) {
				m.inside.Add(-1)
			}
		})
	}
}

// Max returns how many were inside at the same time at most.
func (m *Meter) Max() int {
	n, _ := m.highest()
	return n
}

// Inside returns how many are inside.
func (m *Meter) Inside() (n int) {
	unseen(func() { n = int(m.inside.Load()) })
	return n
}

// Entered returns how many have ever been inside, each as often as it entered.
func (m *Meter) Entered() (n int) {
	unseen(func() { n = int(m.entered.Load()) })
	return n
}

func (m *Meter) highest() (n int, at string) {
	unseen(func() {
		peak := m.peak.Load()
		n, at = int(peak>>32), inLine(peak&(1<<32-1))
	})
	return n, at
}

// MaxInFlight fails t at once if the most that were inside at the same time are not
// exactly want:
//
//	5 were inside at the same time, want 3 at most (answer.go:23)
//	never more than 1 inside at the same time, want 3: they came one after another (answer.go:23)
//	never more than 2 inside at the same time, want 3 (answer.go:23)
//	nobody was ever inside, want 3 at the same time
//
// The place is where the answer called what was measured, at the first moment with that
// many inside.
//
// That want are reached is certain only in a bubble, and if everybody sleeps or waits
// inside: else it is a matter of luck who meets whom. If only the limit counts, compare
// Max.
func MaxInFlight(t testing.TB, m *Meter, want int) {
	t.Helper()
	switch n, at := m.highest(); {
	case n == want:
	case n == 0:
		t.Fatalf("nobody was ever inside, want %d at the same time", want)
	case n > want:
		t.Fatalf("%d were inside at the same time, want %d at most%s", n, want, at)
	case n == 1:
		t.Fatalf("never more than 1 inside at the same time, want %d: they came one after another%s", want, at)
	default:
		t.Fatalf("never more than %d inside at the same time, want %d%s", n, want, at)
	}
}
