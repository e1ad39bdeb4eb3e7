package wakeup

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/experiment/experimenttest"
)

func TestMain(m *testing.M) { experimenttest.Main(m, Experiment) }

func TestExperiment(t *testing.T) { experimenttest.Run(t, Experiment) }

func BenchmarkExperiment(b *testing.B) { experimenttest.Bench(b, Experiment) }

// TestKnob holds that the orders are not those of five only.
func TestKnob(t *testing.T) {
	for _, n := range []int64{3, 200} {
		res, err := experiment.Do(t.Context(), Experiment, experiment.Options{Knobs: map[string]int64{"waiters": n}})
		require.NoError(t, err)
		if res.Verdict == experiment.UnmetRun {
			t.Skip(res.Reason)
		}
		require.Equal(t, experiment.Supported, res.Verdict, res.Reason)
	}
}

// TestEveryOrderIsJudged changes one order at a time, of those observed and of the
// model's: none of the ten is taken on trust.
func TestEveryOrderIsJudged(t *testing.T) {
	model, err := playModel(t.Context(), 5)
	require.NoError(t, err)
	right := observed{
		5, upTo(4),
		longestThenBackwards(5), newestThenInOrder(5), newestThenInOrder(5), newestThenInOrder(5),
		model,
	}
	require.Equal(t, []int64{0, 4, 3, 2, 1}, right.Close)
	require.Equal(t, []int64{4, 0, 1, 2, 3}, right.Sends)
	require.NoError(t, check(observations(t, right)))
	for name, order := range map[string]func(*observed) *[]int64{
		"one woken":   func(o *observed) *[]int64 { return &o.Overtake },
		"after close": func(o *observed) *[]int64 { return &o.Close },
		"after sends": func(o *observed) *[]int64 { return &o.Sends },
		"WaitGroup":   func(o *observed) *[]int64 { return &o.WaitGroup },
		"Broadcast":   func(o *observed) *[]int64 { return &o.Broadcast },

		"one woken beside three that were runnable: they ran in the order [0 1 2 3], and the model": func(o *observed) *[]int64 { return &o.modelled.Overtake },
		"after close: they ran in the order [0 4 3 2 1], and the model":                             func(o *observed) *[]int64 { return &o.modelled.Close },
		"after sends: they ran in the order [4 0 1 2 3], and the model":                             func(o *observed) *[]int64 { return &o.modelled.Sends },
		"WaitGroup: they ran in the order [4 0 1 2 3], and the model":                               func(o *observed) *[]int64 { return &o.modelled.WaitGroup },
		"after Broadcast: they ran in the order [4 0 1 2 3], and the model":                         func(o *observed) *[]int64 { return &o.modelled.Broadcast },
	} {
		wrong := right
		*order(&wrong) = slices.Clone(*order(&right))
		slices.Reverse(*order(&wrong))
		err := check(observations(t, wrong))
		require.ErrorIs(t, err, experiment.ErrRefuted)
		require.ErrorContains(t, err, name)
	}
}

func observations(t *testing.T, seen observed) experiment.Observations {
	t.Helper()
	var all experiment.Observations
	for name, v := range map[string]any{
		"/waiting:goroutines":         seen.Waiting,
		"/overtake/order:goroutines":  seen.Overtake,
		"/close/order:goroutines":     seen.Close,
		"/sends/order:goroutines":     seen.Sends,
		"/waitgroup/order:goroutines": seen.WaitGroup,
		"/broadcast/order:goroutines": seen.Broadcast,
		"/model/overtake:goroutines":  seen.modelled.Overtake,
		"/model/close:goroutines":     seen.modelled.Close,
		"/model/sends:goroutines":     seen.modelled.Sends,
		"/model/waitgroup:goroutines": seen.modelled.WaitGroup,
		"/model/broadcast:goroutines": seen.modelled.Broadcast,
	} {
		value, err := experiment.NewValue(name, v)
		require.NoError(t, err)
		all.Set(value)
	}
	return all
}
