package inherit

import (
	"context"

	"lab.example/gopark/scheduler/model"
)

// beside is wait in the words of the model: procedures 1 and 2 are the pair, and the
// root yields n times beside them, once they have begun.
func beside(n int, first, second []model.Op) *model.Program {
	return &model.Program{
		Chans: []int{0, 0},
		Procs: [][]model.Op{
			model.Ops(model.Do(model.Go, 1), model.Do(model.Go, 2), model.Times(1+n, model.Do(model.Yield))),
			first,
			second,
		},
	}
}

// modelPlayers is players. They have enough rounds for n time slices, by costs.
func modelPlayers(n int) *model.Program {
	rounds := n * 15_000
	return beside(n,
		model.Ops(model.Times(rounds, model.Do(model.Send, 0), model.Do(model.Recv, 1))),
		model.Ops(model.Times(rounds, model.Do(model.Recv, 0), model.Do(model.Send, 1))))
}

// modelYielders is yielders, for n waits.
func modelYielders(n int) *model.Program {
	yields := model.Ops(model.Times(2+n, model.Do(model.Yield)))
	return beside(n, yields, yields)
}

// costs makes a turn of a player last for a microsecond or so.
var costs = model.Costs{Op: 200, Switch: 400, Wake: 5_000, Thread: 20_000}

// modelled is what the root finds in the model; see observed.
type modelled struct {
	PlayersWaited []int64 `obs:"/model/players/waited:nanoseconds"` // on the clock of the model
	PlayersTurns  []int64 `obs:"/model/players/turns:turns"`
	YieldersTurns []int64 `obs:"/model/yielders/turns:turns"`
}

// ask lets the root wait n times beside each pair, and films one wait beside the players.
func ask(ctx context.Context, n int) (m modelled, f film, err error) {
	if m.PlayersWaited, m.PlayersTurns, err = waits(ctx, modelPlayers(n), f.see); err != nil {
		return m, f, err
	}
	_, m.YieldersTurns, err = waits(ctx, modelYielders(n), func(model.Observed) {})
	return m, f, err
}

// waits returns how long the root waited each time, without the first, and how many
// turns the others had meanwhile. see is shown what the scheduler does.
func waits(ctx context.Context, p *model.Program, see func(model.Observed)) (waited, turns []int64, err error) {
	var last uint32 // who was started last
	var left int64  // when another one was first started after the root
	var had int64
	_, err = model.Run(ctx, p, model.Config{Costs: costs, NoLog: true, Observe: func(o model.Observed) {
		see(o)
		if o.What != model.Start {
			return
		}
		switch {
		case o.G == 0:
			waited, turns = append(waited, o.At-left), append(turns, had)
			had = 0
		case last == 0:
			left = o.At
			had++
		default:
			had++
		}
		last = o.G
	}})
	if err != nil {
		return nil, nil, err
	}
	return waited[1:], turns[1:], nil
}
