package experiment

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"runtime"
	"sync"
	"time"

	"lab.example/gopark/internal/child"
)

// Verdict is what a run says about the claim.
type Verdict string

const (
	Supported  Verdict = "supported"
	RefutedRun Verdict = "refuted"
	UnmetRun   Verdict = "unmet"

	// Unjudged is not an outcome: the knobs are away from their defaults and the check
	// does not speak of such settings, so the run is shown without a verdict.
	Unjudged Verdict = ""
)

// Options say how to carry out a run. The zero value is a run with default knobs.
type Options struct {
	Knobs map[string]int64 // nil: defaults

	// Separate runs the body in a process of its own even if it is not Isolated, so that
	// Limits hold for it and nothing that it does can harm this process.
	Separate bool
	Limits   child.Limits // without a Wall it is the experiment's

	// Watch is called with every item as it is recorded, and Output with what a separate
	// process prints. They are never called concurrently.
	Watch  func(Item)
	Output func(s child.Stream, p []byte)
}

// Result is one run.
type Result struct {
	Experiment   *Experiment
	Verdict      Verdict
	Reason       string // why it was refuted or unmet, or why there is no verdict; else ""
	Settings     map[string]int64
	Observations Observations
	Started      time.Time
	Duration     time.Duration
}

// Right reports whether the prediction (an index in Choices) was right, and false
// for known if this run cannot tell.
func (r Result) Right(prediction int) (right, known bool) {
	if r.Verdict != Supported {
		return false, false
	}
	return prediction == r.Experiment.Truth(), true
}

// Do carries out one run of e and judges it. The error is nil for each of the three
// outcomes; it is not nil when the run itself failed (bad knobs, a body that broke,
// a check that found nothing to judge, ctx ended), and then the Result holds what
// was observed until then.
func Do(ctx context.Context, e *Experiment, o Options) (Result, error) {
	settings, err := e.Settings(o.Knobs)
	res := Result{Experiment: e, Settings: settings, Started: time.Now()}
	if err != nil {
		return res, err
	}
	if err := e.Needs.Met(); err != nil {
		return unmet(res, err)
	}
	var mu sync.Mutex
	watch := func(it Item) {
		mu.Lock()
		defer mu.Unlock()
		if _, handshake := it.(Mark); handshake {
			return // there is nobody here to wait for it
		}
		if res.Observations.Add(it) == nil && o.Watch != nil {
			o.Watch(it)
		}
	}
	if e.Isolated || o.Separate {
		err = runSeparate(ctx, e, settings, o, watch)
	} else {
		err = e.Run(ctx, newRecorder(e, settings, watch))
	}
	res.Duration = time.Since(res.Started)
	switch {
	case errors.Is(err, ErrUnmet):
		return unmet(res, err)
	case err != nil:
		return res, fmt.Errorf("run %s: %w", e.ID, err)
	}
	return judge(res)
}

func unmet(res Result, err error) (Result, error) {
	res.Verdict, res.Reason = UnmetRun, err.Error()
	return res, nil
}

func judge(res Result) (Result, error) {
	e := res.Experiment
	if !e.AnyKnob && !e.atDefaults(res.Settings) {
		res.Reason = "knobs are away from their defaults: shown without a verdict"
		return res, nil
	}
	switch err := e.Check(res.Observations); {
	case err == nil:
		res.Verdict = Supported
	case errors.Is(err, ErrRefuted):
		res.Verdict, res.Reason = RefutedRun, err.Error()
	default:
		return res, fmt.Errorf("check %s: %w", e.ID, err)
	}
	return res, nil
}

// Met returns nil, or an ErrUnmet that names the first need that is not met here.
func (n Needs) Met() error {
	switch {
	case n.NoRace != "" && child.RaceEnabled:
		return Unmet("the race detector is on, and %s", n.NoRace)
	case runtime.NumCPU() < n.Cores:
		return Unmet("needs %d CPUs, has %d", n.Cores, runtime.NumCPU())
	case n.Linux && runtime.GOOS != "linux":
		return Unmet("needs Linux, this is %s", runtime.GOOS)
	}
	if n.Toolchain {
		if _, err := exec.LookPath("go"); err != nil {
			return Unmet("needs the go command: %v", err)
		}
	}
	return nil
}
