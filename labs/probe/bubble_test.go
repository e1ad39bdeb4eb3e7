package probe

import (
	"os"
	"os/exec"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/internal/experiment/experimenttest"
)

func TestMain(m *testing.M) { experimenttest.Main(m) }

// patient is set in the process whose tests are ill. What they leave behind would
// otherwise fail this process.
const patient = "GOPARK_PROBE_PATIENT"

func TestIll(t *testing.T) {
	if os.Getenv(patient) == "" {
		t.Skip("is run by TestBubble")
	}
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
	t.Run("failure", func(t *testing.T) {
		Bubble(t, func(t *testing.T) { t.Fatal("wrong") })
	})
	t.Run("health", func(t *testing.T) {
		Bubble(t, func(*testing.T) { time.Sleep(time.Hour) })
	})
}

func TestIllPanic(t *testing.T) {
	if os.Getenv(patient) == "" {
		t.Skip("is run by TestBubble")
	}
	Bubble(t, func(t *testing.T) {
		Bubble(t, func(*testing.T) {}) // synctest panics: bubbles do not nest
	})
}

func TestBubble(t *testing.T) {
	self, err := os.Executable()
	require.NoError(t, err)
	cmd := exec.CommandContext(t.Context(), self, "-test.run=^TestIll", "-test.v")
	cmd.Env = append(os.Environ(), patient+"=1")
	out, err := cmd.CombinedOutput()
	require.Error(t, err)
	for _, want := range []string{
		`bubble_test.go:\d+: leak: goroutines still blocked when the test was over: 2 in chan send \(bubble_test.go:\d+\), 1 in sleep \(bubble_test.go:\d+\)\n`,
		`--- FAIL: TestIll/leak`,
		`bubble_test.go:\d+: deadlock: every goroutine waits: 1 in sync.WaitGroup.Wait \(bubble.go:\d+\)\n`, // Bubble itself, in this folder
		`--- FAIL: TestIll/deadlock`,
		`bubble_test.go:\d+: wrong\n`,
		`--- FAIL: TestIll/failure`,
		`--- PASS: TestIll/health`,
		`panic: synctest.Run called from within a synctest bubble`,
	} {
		require.Regexp(t, want, string(out))
	}
}

func TestBubbleTakesNoTime(t *testing.T) {
	Bubble(t, func(t *testing.T) {
		start := time.Now()
		time.Sleep(time.Hour)
		require.Equal(t, time.Hour, time.Since(start))
	})
}
