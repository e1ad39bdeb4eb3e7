// Package maxprocs asks: how many Ps does a program get that asks for no number, if it
// may not use all cores?
//
// run starts the same program twice, the second time on fewer cores (affinity_linux.go),
// and reads whether a container limits it (cgroup.go). picture.go draws the Ps that there
// are, law says how many there must be. The page tells why.
package maxprocs

import (
	"context"
	"embed"
	"errors"
	"math"
	"runtime"

	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/hint"
)

//go:embed page.md *.go testdata
var files embed.FS

// Experiment is the claim that GOMAXPROCS is by default the number of cores that this
// process may use, or less if its cgroup has a limit.
var Experiment = &experiment.Experiment{
	ID:       "scheduler/maxprocs",
	Question: "A machine has several cores. A program is started so that the kernel lets it run on one of them only, as taskset -c 0 does. GOMAXPROCS is not set. How many Ps does it have?",
	Choices: []experiment.Choice{
		{
			Text:    "As many as the machine has cores.",
			Because: "The runtime does not count the cores of the machine. It asks the kernel which of them this process may use.",
		},
		{
			Text:    "One.",
			True:    true,
			Because: "At its start the runtime reads the affinity mask that it was started with, and counts the bits in it. Since Go 1.25 a limit of its cgroup can make it less.",
		},
		{
			Text:    "Two: there are never fewer, or a goroutine could block all others.",
			Because: "The two belongs to another rule: a limit of a cgroup is never taken for less than two cores. An affinity mask of one core gives one P.",
		},
	},
	Knobs: []experiment.Knob{
		{Name: "cores", Unit: "cores", Doc: "how many the second program may use", Default: 1, Min: 1, Max: 256},
	},
	Run:      run,
	Actors:   map[string]experiment.Body{"confined": confined},
	Check:    check,
	AnyKnob:  true,
	Isolated: true,
	Env:      []string{"GOMAXPROCS="}, // not set
	Needs:    experiment.Needs{Linux: true, Cores: 2},
	Claims:   []string{"G2"},
	Files:    files,
}

type observed struct {
	Usable      int64   `obs:"/free/usable:cores"` // in the affinity mask
	Procs       int64   `obs:"/free/gomaxprocs:processors"`
	Limit       float64 `obs:"/cgroup/limit:cores"`    // 0: none
	FewerUsable int64   `obs:"/confined/usable:cores"` // those of the second program
	FewerNumCPU int64   `obs:"/confined/numcpu:cores"`
	FewerProcs  int64   `obs:"/confined/gomaxprocs:processors"`
	SetBack     int64   `obs:"/confined/set-to-seven:processors"` // after runtime.GOMAXPROCS(7)
}

func run(ctx context.Context, r *experiment.Recorder) error {
	usable, err := usableCores()
	if err != nil {
		return err
	}
	cores := r.Knob("cores")
	if cores > len(usable) {
		return hint.With(experiment.BadKnob("there are only %d cores to confine it to", len(usable)), "--knob cores=1")
	}
	limit, err := cgroupLimit()
	if err != nil {
		return experiment.Unmet("find the limit of the cgroup: %v", err)
	}
	r.Value("/free/usable:cores", len(usable))
	r.Value("/free/gomaxprocs:processors", runtime.GOMAXPROCS(0))
	r.Value("/cgroup/limit:cores", limit)
	if err := draw(r, "free", 0); err != nil {
		return err
	}

	var program *experiment.Actor
	err = onCores(usable[:cores], func() (err error) {
		program, err = r.Start(ctx, "confined")
		return err
	})
	if program != nil {
		_, failed := program.Wait()
		err = errors.Join(err, failed)
	}
	return err
}

// confined is the program that is started on fewer cores.
func confined(_ context.Context, r *experiment.Recorder) error {
	usable, err := usableCores()
	if err != nil {
		return err
	}
	r.Value("/confined/usable:cores", len(usable))
	r.Value("/confined/numcpu:cores", runtime.NumCPU())
	r.Value("/confined/gomaxprocs:processors", runtime.GOMAXPROCS(0))
	if err := draw(r, "confined", 0); err != nil {
		return err
	}
	before := runtime.GOMAXPROCS(7)
	r.Value("/confined/set-to-seven:processors", runtime.GOMAXPROCS(0))
	return draw(r, "confined", before)
}

// law is the default of GOMAXPROCS (Go 1.25 and later): the cores in the affinity mask,
// or the limit of the cgroup in whole cores if that is less, but then at least two.
func law(usable int64, limit float64) int64 {
	if limit <= 0 {
		return usable
	}
	return min(usable, max(2, int64(math.Ceil(limit))))
}

func check(o experiment.Observations) error {
	var seen observed
	if err := o.Decode(&seen); err != nil {
		return err
	}
	switch {
	case seen.Procs != law(seen.Usable, seen.Limit):
		return experiment.Refuted("with %d cores and a limit of %v there were %d Ps", seen.Usable, seen.Limit, seen.Procs)
	case seen.FewerProcs != law(seen.FewerUsable, seen.Limit):
		return experiment.Refuted("confined to %d cores, with a limit of %v, there were %d Ps", seen.FewerUsable, seen.Limit, seen.FewerProcs)
	case seen.FewerNumCPU != seen.FewerUsable:
		return experiment.Refuted("confined to %d cores, NumCPU was %d", seen.FewerUsable, seen.FewerNumCPU)
	case seen.SetBack != 7:
		return experiment.Refuted("asked for 7 Ps, the program got %d", seen.SetBack)
	}
	return nil
}
