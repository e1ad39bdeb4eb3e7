package probe

import (
	"runtime"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/labs/probe/probetest"
)

// racy writes the same memory in two goroutines, one after the other, and nothing orders
// them but what both go through: through.
func racy(through func()) {
	var memory int
	var first atomic.Bool
	var wg sync.WaitGroup
	wg.Go(func() {
		memory++
		through()
		unseen(func() { first.Store(true) })
	})
	wg.Go(func() {
		for over := false; !over; runtime.Gosched() {
			unseen(func() { over = first.Load() })
		}
		through()
		memory++
	})
	wg.Wait()
}

// throughs are what racy goroutines go through, and whether the race is hidden by it.
var throughs = map[string]struct {
	hides bool
	make  func() func()
}{
	"nothing": {false, func() func() { return func() {} }},
	"atomic":  {true, func() func() { var n atomic.Int64; return func() { n.Add(1) } }},
	"mutex":   {true, func() func() { var mu sync.Mutex; return func() { mu.Lock(); defer mu.Unlock() } }},
	"meter":   {false, func() func() { var m Meter; return func() { m.Enter()(); m.Max() } }},
	"point":   {false, func() func() { var p Point; return p.Here }},
	"yield":   {false, func() func() { p := Point{Yield: true}; return p.Here }},
	"gate":    {false, func() func() { var g Gate; g.Open(); return g.Wait }},
	"history": {false, func() func() {
		var h History
		return func() { h.Call(0, "work", func() any { return nil }) }
	}},
}

func TestIllRace(t *testing.T) {
	probetest.Ill(t)
	for name, through := range throughs {
		t.Run(name, func(*testing.T) { racy(through.make()) })
	}
}

// A probe must not put in an order what the answer leaves without one.
func TestProbesHideNoRace(t *testing.T) {
	if !detecting {
		t.Skip("needs -race")
	}
	for name, through := range throughs {
		t.Run(name, func(t *testing.T) {
			out, err := probetest.Examine(t, "^TestIllRace$/^"+name+"$")
			if through.hides {
				require.NoError(t, err, out)
				return
			}
			require.Error(t, err)
			require.Contains(t, out, "WARNING: DATA RACE")
			require.NotContains(t, out, "probe/"+name+".go", "a race of the probe's own")
		})
	}
}

// What may be relied on: the order between the judge and those at a gate, and between
// those that call and the judge that checks. Under -race this test fails without.
func TestOrderIsSeen(t *testing.T) {
	var before, inside, after int
	var g Gate
	var h History
	var over atomic.Bool
	go func() {
		before++
		g.Wait()
		require.Equal(t, 1, inside)
		h.Call(0, "write", func() any { after++; return nil })
		unseen(func() { over.Store(true) })
	}()
	for g.Arrived() < 1 {
		runtime.Gosched()
	}
	require.Equal(t, 1, before)
	inside++
	g.Open()
	for done := false; !done; runtime.Gosched() {
		unseen(func() { done = over.Load() })
	}
	h.Check(t, anything)
	require.Equal(t, 1, after)
}
