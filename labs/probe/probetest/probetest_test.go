package probetest

import (
	"regexp"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/internal/experiment/experimenttest"
	"lab.example/gopark/labs/probe"
)

func TestMain(m *testing.M) { experimenttest.Main(m) }

// The tests that are ill stand in the folder of the answer, as in a lab: the messages are
// exact, with their places.

// Whatever is left behind fails the tests after it, so each has a process of its own.
func TestIllNoLeak(t *testing.T) {
	Ill(t)
	probe.NoLeak(t)
	t.Cleanup(func() {}) // has run by then
	Forgetful()
}

func TestIllNoLeakDeferred(t *testing.T) {
	Ill(t)
	defer probe.NoLeak(t)
	Starts()
}

func TestIllNoLeakDelegates(t *testing.T) {
	Ill(t)
	Delegates()
	probe.NoLeak(t)
}

func TestIllNoLeakEnters(t *testing.T) {
	Ill(t)
	Enters()
	probe.NoLeak(t)
}

func TestIllNoLeakSpins(t *testing.T) {
	Ill(t)
	probe.NoLeak(t)
	Spins(new(atomic.Bool))
}

func TestIllNoLeakFailed(t *testing.T) {
	Ill(t)
	probe.NoLeak(t)
	Forgetful()
	t.Fatal("wrong")
}

func TestNoLeak(t *testing.T) {
	for test, want := range map[string]string{
		"TestIllNoLeak":          "leak: goroutines still there when the test was over: 2 in chan send " + regexp.QuoteMeta(At(t, "forgetful")),
		"TestIllNoLeakDeferred":  "leak: goroutines still there when the test was over: 1 in sync.Mutex.Lock " + regexp.QuoteMeta(At(t, "starts")),
		"TestIllNoLeakDelegates": "leak: goroutines still there when the test was over: 1 in chan receive " + regexp.QuoteMeta(At(t, "delegates")),
		"TestIllNoLeakEnters":    "leak: goroutines still there when the test was over: 1 in chan receive " + regexp.QuoteMeta(At(t, "enters")),
		"TestIllNoLeakSpins":     "leak: goroutines still there when the test was over: 1 runn(ing|able) " + regexp.QuoteMeta(At(t, "spins")),
		"TestIllNoLeakFailed":    "wrong",
	} {
		t.Run(test, func(t *testing.T) {
			t.Parallel()
			out, err := Examine(t, "^"+test+"$")
			require.Error(t, err)
			require.Regexp(t, `(?m)^    probetest_test.go:\d+: `+want+"\n--- FAIL", out)
		})
	}
}

// A gate that stays shut is a deadlock, and who stands at it is named.
func TestIllGate(t *testing.T) {
	Ill(t)
	probe.Bubble(t, func(*testing.T) {
		var g probe.Gate
		Unbounded(g.Wait, g.Wait)
	})
}

func TestGateStaysShut(t *testing.T) {
	out, err := Examine(t, "^TestIllGate$")
	require.Error(t, err)
	require.Contains(t, out, "deadlock: every goroutine waits: 2 in chan receive "+At(t, "unbounded")+", 1 in sync.WaitGroup.Wait "+At(t, "unbounded waits"))
	require.Regexp(t, `probetest_test.go:\d+: deadlock`, out)
}

// Those that end in a moment are waited for, and others' goroutines do not count.
func TestNoLeakIsPatient(t *testing.T) {
	for range 500 {
		t.Run("right", func(t *testing.T) {
			probe.NoLeak(t)
			Workers(3, func() {}, func() {}, func() {})
			timer := time.AfterFunc(time.Hour, func() {})
			t.Cleanup(func() { timer.Stop() })
		})
	}
	for range 20 {
		t.Run("late", func(t *testing.T) {
			probe.NoLeak(t)
			Late()
		})
	}
}

// In the folder of an answer a place in the answer goes before one in given code.
func TestIllBubble(t *testing.T) {
	Ill(t)
	t.Run("leak", func(t *testing.T) {
		probe.Bubble(t, func(*testing.T) {
			Delegates()
			Enters()
		})
	})
	t.Run("mutex", func(t *testing.T) {
		probe.Bubble(t, func(*testing.T) { Relocks() })
	})
}

func TestBubblePlaces(t *testing.T) {
	out, err := Examine(t, "^TestIllBubble$")
	require.Error(t, err)
	require.Contains(t, out, ": leak: goroutines still blocked when the test was over: 1 in chan receive "+At(t, "delegates")+", 1 in chan receive "+At(t, "enters")+"\n")
	require.Contains(t, out, ": deadlock: every goroutine waits: 1 in sync.Mutex.Lock "+At(t, "relocks")+"\n")
}
