package probe

import (
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"lab.example/gopark/labs/probe/probetest"

	"lab.example/gopark/internal/experiment/experimenttest"
	"lab.example/gopark/internal/stacks"
)

func TestMain(m *testing.M) { experimenttest.Main(m) }

func TestIll(t *testing.T) {
	probetest.Ill(t)
	t.Run("leak", func(t *testing.T) {
		Bubble(t, func(*testing.T) {
			c := make(chan int)
			for range 2 {
				go func() { c <- 1 }()
			}
			go func() { time.Sleep(time.Hour) }()
		})
	})
	t.Run("deadlock", func(t *testing.T) {
		Bubble(t, func(*testing.T) {
			var wg sync.WaitGroup
			wg.Add(1)
			wg.Wait()
		})
	})
	t.Run("mutex", func(t *testing.T) {
		Bubble(t, func(*testing.T) {
			var mu sync.Mutex
			mu.Lock()
			go mu.Lock()
			mu.Lock()
		})
	})
	t.Run("upgrade", func(t *testing.T) {
		Bubble(t, func(*testing.T) {
			var mu sync.RWMutex
			mu.RLock()
			mu.Lock()
		})
	})
	t.Run("failure", func(t *testing.T) {
		Bubble(t, func(t *testing.T) { t.Fatal("wrong") })
	})
	t.Run("health", func(t *testing.T) {
		Bubble(t, func(*testing.T) { time.Sleep(time.Hour) })
	})
}

func TestIllPanic(t *testing.T) {
	probetest.Ill(t)
	Bubble(t, func(t *testing.T) {
		Bubble(t, func(*testing.T) {}) // synctest panics: bubbles do not nest
	})
}

func TestBubble(t *testing.T) {
	out, err := probetest.Examine(t, "^TestIll")
	require.Error(t, err)
	for _, want := range []string{
		`bubble_test.go:\d+: leak: goroutines still blocked when the test was over: 2 in chan send \(bubble_test.go:\d+\), 1 in sleep \(bubble_test.go:\d+\)\n`,
		`--- FAIL: TestIll/leak`,
		`bubble_test.go:\d+: deadlock: every goroutine waits: 1 in sync.WaitGroup.Wait \(bubble.go:\d+\)\n`, // Bubble itself, in this folder
		`--- FAIL: TestIll/deadlock`,
		`bubble_test.go:\d+: deadlock: every goroutine waits: 1 in sync.Mutex.Lock \(bubble.go:\d+\)\n`,
		`--- FAIL: TestIll/mutex`,
		`bubble_test.go:\d+: deadlock: every goroutine waits: 1 in sync.RWMutex.Lock \(bubble.go:\d+\)\n`,
		`--- FAIL: TestIll/upgrade`,
		`bubble_test.go:\d+: wrong\n`,
		`--- FAIL: TestIll/failure`,
		`--- PASS: TestIll/health`,
		`panic: synctest.Run called from within a synctest bubble`,
	} {
		require.Regexp(t, want, out)
	}
}

func TestBubbleTakesNoTime(t *testing.T) {
	Bubble(t, func(t *testing.T) {
		start := time.Now()
		time.Sleep(time.Hour)
		require.Equal(t, time.Hour, time.Since(start))
	})
}

// A mutex that is slow to come is no deadlock, however long one waits for it.
func TestBubbleWaitsForAMutex(t *testing.T) {
	Bubble(t, func(t *testing.T) {
		var mu sync.Mutex
		var wg sync.WaitGroup
		mu.Lock()
		wg.Go(func() {
			mu.Lock()
			defer mu.Unlock()
		})
		for range 5 * int(pause/time.Millisecond) {
			unix.Poll(nil, 1) // half a second of real time
		}
		mu.Unlock()
		wg.Wait()
	})
}

func TestBubbleSkips(t *testing.T) {
	t.Run("inside", func(t *testing.T) {
		Bubble(t, func(t *testing.T) { t.Skip("works as ever") })
	})
}

func TestLockedUp(t *testing.T) {
	mutex, wait := stacks.Goroutine{Wait: "sync.Mutex.Lock", Bubble: 3}, stacks.Goroutine{Wait: "sync.WaitGroup.Wait", Bubble: 3}
	for _, tt := range []struct {
		name string
		all  []stacks.Goroutine
		want bool
	}{
		{"one waits for a mutex", []stacks.Goroutine{mutex, wait}, true},
		{"nobody does", []stacks.Goroutine{wait}, false},
		{"in another bubble", []stacks.Goroutine{wait, {Wait: "sync.Mutex.Lock", Bubble: 4}}, false},
		{"one can run", []stacks.Goroutine{mutex, {Wait: "runnable", Bubble: 3}}, false},
		{"one sleeps", []stacks.Goroutine{mutex, {Wait: "sleep", Bubble: 3}}, false},
		{"one starts the garbage collector", []stacks.Goroutine{mutex, {Wait: "semacquire"}}, false},
		{"outside somebody waits", []stacks.Goroutine{mutex, {Wait: "chan receive"}}, true},
	} {
		_, got := lockedUp(append([]stacks.Goroutine{{Wait: "running"}}, tt.all...), 3)
		require.Equal(t, tt.want, got, tt.name)
	}
}
