package fairness

import (
	"math"
	"runtime/metrics"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/experiment/experimenttest"
	"lab.example/gopark/internal/timeline"
)

func TestMain(m *testing.M) { experimenttest.Main(m, Experiment) }

func TestExperiment(t *testing.T) { experimenttest.Run(t, Experiment) }

func BenchmarkExperiment(b *testing.B) { experimenttest.Bench(b, Experiment) }

// TestPicture holds that the guest is drawn running behind nobody, and the others behind
// most of the crowd, as the values have it; and that in a recorded run, where nothing
// disturbed it, nobody comes between the host and the guest whom it woke.
func TestPicture(t *testing.T) {
	cases, err := experimenttest.Recorded("testdata")
	require.NoError(t, err)
	for _, c := range cases {
		if c.Supports {
			t.Run(c.Name, func(t *testing.T) {
				requireRounds(t, c.Observations)
				var ran []timeline.Subject
				for _, e := range c.Observations.Events {
					if e.To == timeline.Running {
						ran = append(ran, e.Subject)
					}
				}
				for i, g := range ran {
					require.Equal(t, g == timeline.G(theGuest), i > 0 && ran[i-1] == timeline.G(theHost), ran)
				}
			})
		}
	}
	res, err := experiment.Do(t.Context(), Experiment, experiment.Options{})
	require.NoError(t, err)
	if res.Verdict != experiment.UnmetRun {
		requireRounds(t, res.Observations)
	}
}

func requireRounds(t *testing.T, o experiment.Observations) {
	t.Helper()
	var seen observed
	require.NoError(t, o.Decode(&seen))
	var board timeline.Board
	var guest, others []passing
	for _, e := range o.Events {
		require.NoError(t, board.Apply(e))
		if e.To != timeline.Running {
			continue
		}
		require.Equal(t, timeline.Observed, e.Provenance)
		behind, err := strconv.ParseInt(e.Attr("behind"), 10, 64)
		switch {
		case e.Subject == timeline.G(theGuest):
			require.NoError(t, err)
			guest = append(guest, passing{turns: behind})
		case err == nil:
			others = append(others, passing{turns: behind})
		}
	}
	require.Len(t, board.Subjects(), firstOther+shown)
	guests, _ := middle(guest)
	require.InDelta(t, seen.GuestPassed, guests, near)
	median, _ := middle(others)
	require.InDelta(t, seen.OthersPassed, median, near)
}

// TestModelled holds what the model says, whatever the number of goroutines.
func TestModelled(t *testing.T) {
	for _, n := range []int{20, 50, 100} {
		all := make(map[string]modelled)
		for _, policy := range policies {
			m, err := modelOf(t.Context(), n, policy)
			require.NoError(t, err)
			all[policy] = m
		}
		require.Zero(t, all["go"].guest)
		require.Greater(t, all["no-runnext"].worst, int64(n/2), "there is a time when it waits behind most of them")
		require.InDelta(t, n, all["global-fifo"].guest, near)
		require.LessOrEqual(t, all["fair"].greedy, int64(rounds/2))
		require.Greater(t, all["fair"].longest, 2*all["go"].longest)
	}
	_, err := modelOf(t.Context(), 20, "lottery")
	require.ErrorContains(t, err, "lottery")
}

// TestEverybodyHasTheirTurns holds for any number of Ps.
func TestEverybodyHasTheirTurns(t *testing.T) {
	var c crowd
	c.run(4)
	require.EqualValues(t, rounds*(4+1), c.begun.Load())
	require.Len(t, c.guest, rounds)
	require.Len(t, c.others, 2)
}

func TestSummary(t *testing.T) {
	const ms = time.Millisecond
	h := &metrics.Float64Histogram{
		Counts:  []uint64{1, 0, 2, 1, 0},
		Buckets: []float64{math.Inf(-1), 0.002, 0.004, 0.006, 0.010, math.Inf(1)},
	}
	l := summary(h)
	require.EqualValues(t, 4, l.sampled)
	require.InDelta(t, (1+2*5+8)*ms/4, l.mean, float64(time.Microsecond))
	require.InDelta(t, 10*ms, l.longest, float64(time.Microsecond))
	h.Counts[4] = 1
	require.InDelta(t, 10*ms, summary(h).longest, float64(time.Microsecond), "what lies beyond the last boundary")
	require.Zero(t, summary(&metrics.Float64Histogram{Counts: []uint64{0}, Buckets: []float64{0, 1}}))
}
