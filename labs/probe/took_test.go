package probe

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/labs/probe/probetest"
)

func sleeps(d time.Duration) func() { return func() { time.Sleep(d) } }

func TestTook(t *testing.T) {
	for _, tt := range []struct {
		took, want time.Duration
		message    string
	}{
		{2 * time.Second, 2 * time.Second, ""},
		{0, 0, ""},
		{2*time.Second + 1, 2 * time.Second, "took 2.000000001s, want 2s: that is 1ns too long"},
		{2*time.Second - 1, 2 * time.Second, "took 1.999999999s, want 2s: it was over 1ns too early"},
		{6 * time.Second, 2 * time.Second, "took 6s, want 2s: 3 times as long, as if one waited for the other"},
		{0, 2 * time.Second, "took no time, want 2s: nothing was waited for"},
		{time.Second, 0, "took 1s, want no time at all: there was nothing to wait for"},
	} {
		synctest.Test(t, func(t *testing.T) {
			require.Equal(t, tt.message, said(func(t testing.TB) { Took(t, tt.want, sleeps(tt.took)) }))
		})
	}
}

// What is timed is the shape of concurrency, and it is exact.
func TestTookIsExact(t *testing.T) {
	jobs := []func(){sleeps(time.Second), sleeps(time.Second), sleeps(time.Second), sleeps(time.Second), sleeps(time.Second), sleeps(time.Second)}
	for range 500 {
		Bubble(t, func(t *testing.T) {
			Took(t, 2*time.Second, func() { probetest.Workers(3, jobs...) })
			require.Equal(t, "took 1s, want 2s: it was over 1s too early",
				said(func(t testing.TB) { Took(t, 2*time.Second, func() { probetest.Unbounded(jobs...) }) }))
			require.Equal(t, "took 6s, want 2s: 3 times as long, as if one waited for the other",
				said(func(t testing.TB) { Took(t, 2*time.Second, func() { probetest.Workers(1, jobs...) }) }))
		})
	}
}

func TestTookOutsideABubble(t *testing.T) {
	require.PanicsWithValue(t, "probe: Took outside a bubble, where time is never exact", func() {
		Took(t, time.Second, func() {})
	})
}
