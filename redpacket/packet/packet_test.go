package packet

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/hint"
	"lab.example/gopark/redpacket"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var notes = redpacket.Params{N: 50, Min: 3, Max: 8, Sum: 250}

// chosen is an experiment that observes nothing but what was chosen.
var chosen = &experiment.Experiment{
	ID:    "redpacket/packet",
	Knobs: Knobs(notes, 100, 20),
	Run: func(_ context.Context, r *experiment.Recorder) error {
		p, err := Of(r)
		if err == nil {
			r.Record(struct{ Packet }{Observed(p)})
		}
		return err
	},
	Check:   func(experiment.Observations) error { return nil },
	AnyKnob: true,
}

func do(t *testing.T, knobs map[string]int64) (experiment.Observations, error) {
	t.Helper()
	result, err := experiment.Do(t.Context(), chosen, experiment.Options{Knobs: knobs})
	return result.Observations, err
}

// TestChosen holds that what is chosen is what the run has and what the check is told.
func TestChosen(t *testing.T) {
	for _, c := range []struct {
		knobs map[string]int64
		want  redpacket.Params
	}{
		{nil, notes},
		{map[string]int64{"parts": 2, "min": 0, "max": 20, "sum": 13}, redpacket.Params{N: 2, Min: 0, Max: 20, Sum: 13}},
		{map[string]int64{"parts": 100, "min": 20, "max": 20, "sum": 2000}, redpacket.Params{N: 100, Min: 20, Max: 20, Sum: 2000}},
	} {
		o, err := do(t, c.knobs)
		require.NoError(t, err)
		var seen struct{ Packet }
		require.NoError(t, o.Decode(&seen))
		require.Equal(t, c.want, seen.Params())
	}
}

// TestNoSuchSplit holds that who chooses what cannot be is told what can.
func TestNoSuchSplit(t *testing.T) {
	for _, c := range []struct {
		knobs      map[string]int64
		want, hint string
	}{
		{map[string]int64{"sum": 149}, "too small", "50 parts of 3 to 8 take a sum of 150 to 400"},
		{map[string]int64{"sum": 401}, "too large", "50 parts of 3 to 8 take a sum of 150 to 400"},
		{map[string]int64{"min": 9}, "the smallest part is larger than the largest", "min is 9, and max is 8"},
		{map[string]int64{"max": 21}, "max=21 is out of range", "max: 0 to 20 coins, by default 8"},
		{map[string]int64{"parts": 1}, "parts=1 is out of range", "parts: 2 to 100 parts, by default 50"},
	} {
		_, err := do(t, c.knobs)
		require.ErrorIs(t, err, experiment.ErrKnob)
		require.ErrorContains(t, err, c.want)
		require.Equal(t, c.hint, hint.Of(err))
	}
}
