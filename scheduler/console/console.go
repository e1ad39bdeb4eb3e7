// Package console answers: how does a reader work with the scheduler's model from a
// terminal?
//
// Read run.go (one program on the model), compare.go (the same program under every
// policy), then real.go, which puts the real runtime beside the model.
package console

// Cmd is "gopark model".
type Cmd struct {
	Run     Run     `cmd:"" default:"withargs" help:"Run a program on the model of the scheduler."`
	Compare Compare `cmd:"" help:"Run a program under every scheduling policy, side by side."`
	Diff    Diff    `cmd:"" help:"Run a program on the model and on the real runtime, and compare."`
	Soak    Soak    `cmd:"" help:"Compare the model with the real runtime on many random programs."`
	Mutants Mutants `cmd:"" help:"Show that wrong models are found out."`
	Conform Conform `cmd:"" help:"Explain every start in traces of the real runtime by the queue rules."`
}
