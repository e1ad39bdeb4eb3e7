package realrun

import (
	"context"
	"fmt"

	"lab.example/gopark/scheduler/model"
)

// State is that of the scheduler at an event: of the P, and of the global queue.
type State struct {
	Ticks  uint32 // schedtick, less that at the beginning of the program
	Ring   uint32 // how many goroutines wait in the ring of the P
	Global uint32 // how many wait in the global queue
	Next   int32  // the goroutine in runnext, or Nobody or Stranger
}

// Values of State.Next.
const (
	Nobody   = -1
	Stranger = -2 // a goroutine that the program did not create
)

// String returns, for example, "tick +3, ring 12, next g5, global 0".
func (s State) String() string {
	next := fmt.Sprintf("g%d", s.Next)
	switch s.Next {
	case Nobody:
		next = "-"
	case Stranger:
		next = "?"
	}
	return fmt.Sprintf("tick +%d, ring %d, next %s, global %d", s.Ticks, s.Ring, next, s.Global)
}

// modelStates returns the states in the model. That is a run of its own: one that is
// watched does not go through the model's inner loop, and whether that is right is what
// the order of the other tells.
func modelStates(ctx context.Context, r Request, cfg model.Config) ([]State, error) {
	machine, err := model.New(r.Program, cfg)
	if err != nil {
		return nil, err
	}
	var states []State
	machine.Watch(func(tick, ring, global uint32, next int64) {
		states = append(states, State{tick - r.Tick0, ring, global, int32(next)})
	})
	_, err = machine.Run(ctx)
	return states, err
}

// Compared says, in a line for people, what [Diff] compares of the scheduler's state in
// this run, besides the order of events.
func Compared(run Run) string {
	switch {
	case run.Unread != "":
		return run.Unread
	case len(run.States) == 0:
		return "the runtime's state was not read: there is no event"
	}
	return fmt.Sprintf("the runtime's state was compared at %d events: schedtick, ring, runnext, global queue", len(run.States))
}

// states translates what was seen into the terms of the program.
func (w *world) states() []State {
	if w.eye == nil {
		return nil
	}
	all := make([]State, w.n)
	for i, s := range w.book.sights[:w.n] {
		all[i] = State{Ticks: s.tick - w.began.tick, Ring: s.ring, Global: s.global, Next: w.spawned(s.next)}
	}
	return all
}

// spawned returns which goroutine of the program has that ID. The runtime numbers
// goroutines in the order of creation.
func (w *world) spawned(id uint32) int32 {
	switch {
	case id == 0:
		return Nobody
	case id == w.began.next:
		return 0
	case w.first != 0 && id >= w.first && id-w.first < w.last:
		return int32(id-w.first) + 1
	}
	return Stranger
}
