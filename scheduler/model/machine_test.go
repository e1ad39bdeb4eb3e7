package model_test

import (
	"encoding/json"
	"errors"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/scheduler/model"
)

// bounds of runs of random programs, which may spawn a lot.
const (
	fewSteps      = 30_000
	fewGoroutines = 5_000
)

func runBounded(t testing.TB, p *model.Program, cfg model.Config) (*model.Machine, *model.Result, bool) {
	t.Helper()
	cfg.Steps, cfg.Goroutines = fewSteps, fewGoroutines
	m, err := model.New(p, cfg)
	require.NoError(t, err)
	r, err := m.Run(t.Context())
	if errors.Is(err, model.ErrSteps) || errors.Is(err, model.ErrGoroutines) {
		return m, nil, false
	}
	require.NoError(t, err, "%s", p)
	return m, r, true
}

// Every goroutine is somewhere, at the end nobody is left who could run, and every
// goroutine did what its procedure says, in that order: on any number of Ps, under every
// policy.
func TestNobodyIsLost(t *testing.T) {
	ended := 0
	for seed := range uint64(50) {
		p := randomProgram(seed, seed%2 == 0) // without timers, every event has one right place
		for _, procs := range []int{1, 2, 3, 8} {
			for _, policy := range model.Policies {
				m, r, ok := runBounded(t, p, model.Config{Procs: procs, Seed: seed, Rules: policy.Rules})
				if err := m.Whereabouts(); err != nil {
					t.Fatalf("seed %d, %d Ps, policy %s: %v\n%s", seed, procs, policy.Name, err, p)
				}
				if !ok {
					continue
				}
				ended++
				if err := followsProgram(p, slices.Collect(r.Order())); err != nil {
					t.Fatalf("seed %d, %d Ps, policy %s: %v\n%s", seed, procs, policy.Name, err, p)
				}
			}
		}
	}
	require.Greater(t, ended, 1_000)
}

// The same configuration gives the same run, also on a machine that is used again, and
// the inner loop does what the mechanisms do, also with short queues, which overflow.
func TestRunsCanBeReplayed(t *testing.T) {
	configs := []model.Config{
		{Procs: 1},
		{Procs: 4},
		{Procs: 1, Rules: model.Rules{Poll: 3, Ring: 2, Batch: 7}},
		{Procs: 2, Rules: model.Rules{Poll: 5, Ring: 4, Batch: 2}},
	}
	for seed := range uint64(400) {
		p := randomProgram(seed, seed%3 == 0)
		switch seed % 4 {
		case 0:
			p = randomCrowd(seed)
		case 1:
			p = randomLockers(seed)
		}
		for _, cfg := range configs {
			cfg.Seed, cfg.Tick0 = seed, uint32(seed)
			m, first, ok := runBounded(t, p, cfg)
			if !ok {
				continue
			}
			order, ticks, status, stats := slices.Collect(first.Order()), first.Ticks, first.Status, first.Stats
			again, err := m.Run(t.Context())
			require.NoError(t, err)
			require.Equal(t, order, slices.Collect(again.Order()), "seed %d", seed)
			m.Slowly()
			slow, err := m.Run(t.Context())
			require.NoError(t, err)
			if !slices.Equal(order, slices.Collect(slow.Order())) {
				t.Fatalf("seed %d, %d Ps, %+v: the inner loop and the mechanisms disagree\n%s", seed, cfg.Procs, cfg.Rules, p)
			}
			require.Equal(t, ticks, slow.Ticks)
			require.Equal(t, status, slow.Status)
			require.Equal(t, stats, slow.Stats)
		}
	}
}

func TestRunLike(t *testing.T) {
	p := &model.Program{Procs: [][]model.Op{
		model.Ops(model.Times(300, model.Do(model.Go, 1)), model.Do(model.Yield)),
		nil,
	}}
	_, seen, ok := runBounded(t, p, model.Config{Tick0: 17})
	require.True(t, ok)
	order, tries := seen.Exits(), 0
	r, err := model.RunLike(t.Context(), p, model.Config{}, func(r *model.Result) bool {
		tries++
		return slices.Equal(r.Exits(), order)
	})
	require.NoError(t, err)
	require.Equal(t, order, r.Exits())
	require.Greater(t, tries, 1, "not any phase will do")
	tries = 0
	_, err = model.RunLike(t.Context(), p, model.Config{}, func(*model.Result) bool { tries++; return false })
	require.NoError(t, err)
	require.Equal(t, 61, tries)
}

func TestSizeOfAGoroutine(t *testing.T) {
	require.LessOrEqual(t, int(model.BytesPerGoroutine), 64)
}

func TestJSONRoundTrip(t *testing.T) {
	for seed := range uint64(200) {
		p := randomProgram(seed, true)
		data, err := json.Marshal(p)
		require.NoError(t, err)
		f, err := model.Parse(data)
		require.NoError(t, err, "%s", data)
		require.Equal(t, p.String(), f.Program.String())
		again, err := json.Marshal(f.Program)
		require.NoError(t, err)
		require.JSONEq(t, string(data), string(again))
	}
}

// followsProgram is able to fail: an order in which one goroutine's events have changed
// places, or one is missing, is refused.
func TestFollowsProgramCanFail(t *testing.T) {
	p := &model.Program{Procs: [][]model.Op{
		model.Ops(model.Do(model.Go, 1), model.Do(model.Yield)),
		model.Ops(model.Times(2, model.Do(model.Mark, 0), model.Do(model.Yield))),
	}}
	_, r, ok := runBounded(t, p, model.Config{})
	require.True(t, ok)
	order := slices.Collect(r.Order())
	require.NoError(t, followsProgram(p, order))
	for i := range len(order) - 1 {
		// A goroutine may stop in the middle, so its last event may be missing.
		if slices.ContainsFunc(order[i+1:], func(e model.Event) bool { return e.G == order[i].G }) {
			require.Error(t, followsProgram(p, slices.Delete(slices.Clone(order), i, i+1)), "without event %d", i)
		}
		if order[i].G == order[i+1].G {
			swapped := slices.Clone(order)
			swapped[i], swapped[i+1] = swapped[i+1], swapped[i]
			require.Error(t, followsProgram(p, swapped), "with %d and the next swapped", i)
		}
	}
}
