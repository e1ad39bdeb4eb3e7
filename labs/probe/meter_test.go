package probe

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/labs/probe/probetest"
)

// measured returns six jobs of a second, each measured by m.
func measured(m *Meter) []func() {
	var jobs []func()
	for range 6 {
		jobs = append(jobs, func() {
			defer m.Enter()()
			time.Sleep(time.Second)
		})
	}
	return jobs
}

func TestMaxInFlight(t *testing.T) {
	for _, tt := range []struct {
		name    string
		run     func(jobs ...func())
		message string
	}{
		{"as many as wanted", func(jobs ...func()) { probetest.Workers(3, jobs...) }, ""},
		{"all at once", probetest.Unbounded, "6 were inside at the same time, want 3 at most " + probetest.At(t, "unbounded")},
		{"one too many", func(jobs ...func()) { probetest.Workers(4, jobs...) }, "4 were inside at the same time, want 3 at most " + probetest.At(t, "workers")},
		{"one too few", func(jobs ...func()) { probetest.Workers(2, jobs...) }, "never more than 2 inside at the same time, want 3 " + probetest.At(t, "workers")},
		{
			"one after another", func(jobs ...func()) { probetest.Workers(1, jobs...) },
			"never more than 1 inside at the same time, want 3: they came one after another " + probetest.At(t, "workers"),
		},
		{"none", func(...func()) {}, "nobody was ever inside, want 3 at the same time"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for range 500 {
				Bubble(t, func(t *testing.T) {
					var m Meter
					tt.run(measured(&m)...)
					require.Equal(t, tt.message, said(func(t testing.TB) { MaxInFlight(t, &m, 3) }))
					require.Zero(t, m.Inside())
				})
			}
		})
	}
}

func TestMeterCounts(t *testing.T) {
	var m Meter
	require.Zero(t, m.Max())
	first, second := m.Enter(), m.Enter()
	require.Equal(t, []int{2, 2, 2}, []int{m.Inside(), m.Max(), m.Entered()})
	first()
	first() // counts once
	require.Equal(t, []int{1, 2, 2}, []int{m.Inside(), m.Max(), m.Entered()})
	third := m.Enter()
	require.Equal(t, []int{2, 2, 3}, []int{m.Inside(), m.Max(), m.Entered()})
	second()
	third()
	require.Equal(t, []int{0, 2, 3}, []int{m.Inside(), m.Max(), m.Entered()})
}

func BenchmarkMeter(b *testing.B) {
	var m Meter
	for b.Loop() {
		m.Enter()()
	}
}
