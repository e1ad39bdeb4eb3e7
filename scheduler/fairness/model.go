package fairness

import (
	"context"
	"fmt"

	"lab.example/gopark/scheduler/model"
)

// The marks that the program makes.
const (
	turns      = iota // a turn begins
	guestTurns        // likewise
	greedyTurns
	leaves // one steps aside
	calls  // the host is about to wake the guest
	done   // one of the others is
)

// program is run in the words of the model.
func program(n int) *model.Program {
	const guest, greedy, host, other = 1, 2, 3, 4
	return &model.Program{
		Chans: []int{0},
		Procs: [][]model.Op{
			model.Ops(
				model.Do(model.Go, guest), model.Do(model.Go, greedy), model.Do(model.Go, host),
				model.Times(n-2, model.Do(model.Go, other))),
			model.Ops(model.Times(rounds,
				model.Do(model.Recv, 0),
				model.Do(model.Mark, guestTurns), model.For(model.CPU, short))),
			model.Ops(model.Times(rounds,
				model.Do(model.Mark, greedyTurns), model.For(model.CPU, long),
				model.Do(model.Yield))),
			model.Ops(model.Times(rounds,
				model.Do(model.Mark, turns), model.For(model.CPU, short),
				model.Do(model.Mark, calls), model.Do(model.Send, 0), model.Do(model.Yield))),
			model.Ops(
				model.Times(rounds,
					model.Do(model.Mark, turns), model.For(model.CPU, short),
					model.Do(model.Mark, leaves), model.Do(model.Yield)),
				model.Do(model.Mark, done)),
		},
	}
}

// modelled is what the model says about the crowd, under some policy.
type modelled struct {
	guest, worst  int64 // turns that began while the guest was ready: the median, the most
	other         int64 // while one of the others was; the median
	greedy        int64 // turns of the greedy one, until one of the others had had all its own
	mean, longest int64 // waits of all, in nanoseconds of the virtual clock
}

func modelOf(ctx context.Context, n int, policy string) (m modelled, err error) {
	rules, known := model.PolicyNamed(policy)
	if !known {
		return m, fmt.Errorf("model: there is no policy %q", policy)
	}
	p := program(n)
	result, err := model.Run(ctx, p, model.Config{Rules: rules.Rules, Measure: true})
	if err != nil {
		return m, err
	}
	m.count(result)
	m.mean = int64(result.Stats.WaitSum) / int64(result.Decisions)
	m.longest = int64(result.Stats.WaitMax)
	return m, nil
}

// count goes through the marks, and counts as the real crowd does.
func (m *modelled) count(result *model.Result) {
	var begun, called int64
	var over bool
	var guest, others []passing
	left := make(map[int]int64) // by goroutine: begun, when it stepped aside
	for step := range result.Steps() {
		if step.Op.Kind != model.Mark {
			continue
		}
		switch step.Op.Arg {
		case calls:
			called = begun
		case leaves:
			left[step.G] = begun
		case done:
			over = true
		case guestTurns:
			guest = append(guest, passing{turns: begun - called})
			m.worst = max(m.worst, begun-called)
			begun++
		case greedyTurns:
			if !over {
				m.greedy++
			}
			begun++
		case turns:
			if from, has := left[step.G]; has {
				others = append(others, passing{turns: begun - from})
			}
			begun++
		}
	}
	m.guest, _ = middle(guest)
	m.other, _ = middle(others)
}
