// Package zombie asks: the handler of a Kafka consumer panics at record 437 of 1,000,
// recovers, logs, and returns. What is there to be seen from outside?
//
// The consumer is a program of its own, in the folder pipeline: start there. run has it
// built and carries out two of its commands: one looks at the zombie, the other one
// puts every way to commit through every way to end, and counts. check.go says what must
// come out: all of it follows from one number, the offset that has been committed. The
// page tells why.
package zombie

import (
	"cmp"
	"context"
	"embed"
	"fmt"
	"path"
	"reflect"
	"sync"
	"time"

	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/ondemand"
)

//go:embed page.md *.go testdata pipeline
var files embed.FS

// Experiment is the claim that a consumer whose handler is gone looks healthy, and that
// what is lost depends on when it commits and not on how it ends.
var Experiment = &experiment.Experiment{
	ID:       "panics/zombie",
	Question: "A Kafka consumer polls in one goroutine and handles in another. The handler dereferences nil at record 437 of 1,000; its deferred function recovers, logs \"exit....\" and returns. You come by later, when 300 more records are there. What do you find?",
	Choices: []experiment.Choice{
		{
			Text:    "No process: nobody takes from the channel any more, everything is blocked, and the runtime reports the deadlock.",
			Because: "The runtime reports a deadlock only when no goroutine can ever run again. The client of Kafka has goroutines that wait for the network and for timers; they can.",
		},
		{
			Text:    "A process, but no member in the consumer group: who stops polling is thrown out of it.",
			Because: "Some clients do that: the Java client leaves its group when nobody has polled for max.poll.interval.ms. In this one heartbeats are sent by a goroutine of their own, which does not ask whether anybody polls.",
		},
		{
			Text:    "A process that sleeps, a group that is stable with one member, and a lag that grows.",
			True:    true,
			Because: "Every check that asks whether something is alive is told yes, and is told the truth: the process, its client and its membership are alive. Only the work has stopped.",
		},
		{
			Text:    "All is well: the panic was recovered, so the handler went on with record 438.",
			Because: "recover does not go back to where the panic was. The function that deferred it returns, and here that is the function that the goroutine was started with.",
		},
	},
	Knobs: []experiment.Knob{
		{Name: "record", Unit: "records", Doc: "which record the handler panics at", Default: 437, Min: 0, Max: 700},
		{Name: "leaks", Unit: "profiles", Doc: "whether the consumer is built so that it can tell its leaked goroutines, which compiles for some minutes the first time", Default: 0, Min: 0, Max: 1},
	},
	Run:     run,
	Check:   check,
	AnyKnob: true,
	Wall:    experiment.FirstBuild,
	Needs:   experiment.Needs{Linux: true, Toolchain: true},
	Claims:  []string{"P7", "P8", "P9", "S18"},
	Files:   files,
}

// The size of the incident, but for the record that is the knob.
const (
	records = 1000 // are there when the consumer starts
	more    = 300  // come when it has panicked
	batch   = 100  // of a poll
	room    = 256  // in the channel
)

// pipeline is the consumer.
var pipeline = ondemand.Program{
	Package: path.Join(reflect.TypeFor[scene]().PkgPath(), "pipeline"), // also after the module has been renamed
	Name:    "the consumer",
	Limit:   15 * time.Second,
}

// leakProfile adds the goroutineleak profile, which in Go 1.26 is an experiment. It is
// another runtime, so everything above it is compiled anew.
var leakProfile = []string{"GOEXPERIMENT=goroutineleakprofile"}

func run(ctx context.Context, r *experiment.Recorder) error {
	consumer := pipeline
	if r.Knob("leaks") == 1 {
		consumer.Env = leakProfile
	}
	program, err := consumer.Build(ctx, r.Notef)
	if err != nil {
		return err
	}
	scene := scene{Record: int64(r.Knob("record")), Records: records, More: more, Batch: batch, Channel: room}
	r.Record(scene)
	var looked, counted []experiment.Value
	var blind, lost error
	var both sync.WaitGroup
	both.Go(func() { looked, blind = carryOut(ctx, program, scene, "look") })
	both.Go(func() { counted, lost = carryOut(ctx, program, scene, "table", "--items") })
	both.Wait()
	for _, v := range append(looked, counted...) {
		r.Value(v.Name, v.V)
	}
	return cmp.Or(blind, lost)
}

// carryOut runs a command of the pipeline and returns all that it shows.
func carryOut(ctx context.Context, program string, s scene, command ...string) ([]experiment.Value, error) {
	number := func(name string, v int64) string { return fmt.Sprintf("--%s=%d", name, v) }
	return ondemand.Observe(ctx, program, append(command, number("record", s.Record), number("records", s.Records),
		number("more", s.More), number("batch", s.Batch), number("channel", s.Channel))...)
}
