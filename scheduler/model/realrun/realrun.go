// Package realrun answers: does the model do what the real runtime does?
//
// It runs programs of package model on the real runtime, with real goroutines,
// channels and locks, on one P; generates such programs at random; compares the order
// of their events with the model's; and makes a program smaller for which they differ.
//
// In a binary with DWARF it compares more than the order: at each event, the state of the
// scheduler, read in the runtime's own memory.
//
// Read realrun.go (what one asks for and gets), layout.go, world.go and choose.go (how
// goroutines interpret a program), driver.go (how a run begins at a known tick, and ends
// unobserved), chart.go and eye.go (where the runtime keeps its state, and reading it),
// doubt.go and starve.go (which runs count) and process.go (the process in which it all
// happens); then generate.go and corpus.go (which programs), diff.go, state.go and
// shrink.go (the comparison), soak.go and mutants.go (many of them).
package realrun

import (
	"errors"
	"time"

	"lab.example/gopark/internal/child"
	"lab.example/gopark/internal/hint"
	"lab.example/gopark/scheduler/model"
)

// Request is a program, and the tick at which it is to begin.
type Request struct {
	Program *model.Program
	Tick0   uint32 // P.schedtick modulo 61 when the root performs its first operation
}

// Run is what the real runtime did with a program.
type Run struct {
	Order      []model.Event // of a valid run
	Goroutines int           // created, the root included
	Status     string        // as in model.Recorded, or "fatal error: ..." if the process died of it
	Tick0      uint32

	// States are those of the scheduler at each event of Order, as read in the runtime's
	// own memory. If they are nil although the run is valid, Unread is why.
	States []State
	Unread string

	// Valid reports whether the run counts: whether it is certain that neither the
	// clock nor anything outside of the program had a say in the order. If not, Why is
	// one of the constants NotAligned, DriverWoke, ...: a run that the program's own
	// length makes invalid is invalid however often it is tried.
	Valid   bool
	Why     string
	Doubts  []string // why each run before this one did not count
	Elapsed time.Duration
}

// ErrNotHere is wrapped by the error of [Available].
var ErrNotHere = errors.New("real orders cannot be measured here")

// Available returns nil if this binary can run programs on the real runtime in a way
// that means something, and otherwise why it cannot.
func Available() error {
	if child.RaceEnabled {
		return hint.With(errors.Join(ErrNotHere, errors.New("with the race detector, the runtime shuffles its queues on purpose")),
			"build without -race")
	}
	return nil
}
