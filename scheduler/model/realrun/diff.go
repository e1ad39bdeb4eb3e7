package realrun

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"lab.example/gopark/scheduler/model"
)

// Mismatch is a program that the model runs otherwise than the runtime did.
type Mismatch struct {
	Request
	At   int   // the first event that differs, or where one order ends
	Err  error // of the model, if it could not run the program
	Real Outcome
	Sim  Outcome
}

// Outcome is what is compared.
type Outcome struct {
	Order      []model.Event
	States     []State // at each event; nil if they are not known
	Goroutines int
	Status     string
}

// Diff runs the model under rules, of which the zero value means Go's, and compares it
// with a valid run of the same request. It returns nil if they are the same: every
// event, the state of the scheduler at it if that was read, the number of goroutines and
// the status. What select took by lot in the run is given to the model.
func Diff(ctx context.Context, r Request, run Run, rules model.Rules) *Mismatch {
	m := &Mismatch{Request: r, Real: Outcome{run.Order, run.States, run.Goroutines, run.Status}}
	cfg := model.Config{Tick0: r.Tick0, Rules: rules, Chosen: results(run.Order)}
	result, err := model.Run(ctx, r.Program, cfg)
	if err != nil {
		m.Err = err
		return m
	}
	m.Sim = Outcome{slices.Collect(result.Order()), nil, result.Goroutines, result.Status}
	m.At = firstDifference(m.Real.Order, m.Sim.Order)
	if n := len(run.States); n > 0 {
		if m.Sim.States, m.Err = modelStates(ctx, r, cfg); m.Err != nil {
			return m
		}
		m.At = min(m.At, firstDifference(run.States, m.Sim.States))
		if m.At == n && run.States[n-1].Ticks != result.Ticks { // in the inner loop, which was not watched
			m.At = n - 1
		}
	}
	if m.At == len(m.Real.Order) && m.At == len(m.Sim.Order) &&
		m.Real.Goroutines == m.Sim.Goroutines && m.Real.Status == m.Sim.Status {
		return nil
	}
	return m
}

func results(order []model.Event) []int32 {
	all := make([]int32, len(order))
	for i, e := range order {
		all[i] = e.Res
	}
	return all
}

func firstDifference[T comparable](a, b []T) int {
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return i
		}
	}
	return min(len(a), len(b))
}

func state(states []State, i int) string {
	if i >= len(states) {
		return "(end)"
	}
	return states[i].String()
}

// around is how many events are shown before the place where two orders part, and
// behind it.
const around = 6

// String returns a listing of the program and both orders, side by side, around the
// place where they part.
func (m *Mismatch) String() string {
	var b strings.Builder
	b.WriteString(m.Program.String())
	fmt.Fprintf(&b, "begun at tick %d\n", m.Tick0)
	if m.Err != nil {
		fmt.Fprintf(&b, "the model: %v\n", m.Err)
		return b.String()
	}
	places := m.Program.Places()
	text := func(order []model.Event, i int) string {
		if i >= len(order) {
			return "(end)"
		}
		e := order[i]
		s := fmt.Sprintf("g%d %s", e.G, places[e.PC])
		if e.Res != 0 {
			s += fmt.Sprintf(" = %d", e.Res)
		}
		return s
	}
	fmt.Fprintf(&b, "%8s  %-36s %s\n", "event", "runtime", "model")
	for i := max(0, m.At-around); i <= min(m.At+around, max(len(m.Real.Order), len(m.Sim.Order))); i++ {
		sign := ' '
		if i == m.At {
			sign = '>'
		}
		fmt.Fprintf(&b, "%c%7d  %-36s %s\n", sign, i, text(m.Real.Order, i), text(m.Sim.Order, i))
		if i == m.At && m.Real.States != nil {
			fmt.Fprintf(&b, "%8s  %-36s %s\n", "", state(m.Real.States, i), state(m.Sim.States, i))
		}
	}
	fmt.Fprintf(&b, "%8s  %-36s %s\n", "status", m.Real.Status, m.Sim.Status)
	fmt.Fprintf(&b, "%8s  %-36d %d\n", "created", m.Real.Goroutines, m.Sim.Goroutines)
	return b.String()
}
