package cli

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"lab.example/gopark/internal/child"
	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/hint"
)

// Run is "gopark run ID".
type Run struct {
	ID      string        `arg:"" help:"Which experiment; gopark list shows them all."`
	Knob    []string      `sep:"none" placeholder:"NAME=VALUE" help:"Set a knob; may be repeated."`
	Predict int           `placeholder:"N" help:"Your prediction: the number of a choice, counted from 1."`
	Timeout time.Duration `placeholder:"30s" help:"Stop the run after this time. Without it, a run for which the go command has to compile something may take minutes."`
	Record  string        `type:"path" placeholder:"FILE" help:"Also write the observations to FILE, in the form of recorded cases."`
	JSON    bool          `help:"Print one JSON object."`
}

// wall is how long the run may take.
func (c Run) wall(e *experiment.Experiment) time.Duration {
	return cmp.Or(c.Timeout, max(30*time.Second, e.Wall))
}

// Help is the long help text.
func (Run) Help() string {
	return `Asks for your prediction, runs the experiment in a process of its own, shows what it
observed and what that says about the claim, and explains.

The exit status is 0 if the claim was supported (or was run without a verdict, because
a knob is away from its default), 1 if it was refuted or the run failed, 2 if the
command line makes no sense, 3 if it cannot be measured here.

With --json the object has
  id            the experiment
  verdict       "supported", "refuted" or "unmet"; "" for a run without a verdict
  predicted     the number given to --predict, or null
  right         whether that was right, or null if nothing was predicted or shown
  knobs         every knob with the value that was used
  observations  every named value; the part of the name after the colon is its unit
  events        the timeline, an event a line, each with its provenance
  notes         lines that the experiment wrote for people
  duration      of the run, in seconds
  reason        why it was refuted or unmet, or why there is no verdict; else ""
  go            the Go version that it ran with`
}

// Run does it.
func (c Run) Run(ctx context.Context, t *Terminal, catalogue experiment.Catalogue) error {
	e, err := catalogue.Find(c.ID)
	if err != nil {
		return err
	}
	knobs, err := c.knobs(e)
	if err != nil {
		return err
	}
	if err := c.checkPrediction(e); err != nil {
		return err
	}
	predicted := c.Predict
	if !c.JSON {
		if predicted, err = ask(ctx, t, e, knobs, predicted); err != nil {
			return err
		}
	}
	res, err := experiment.Do(ctx, e, experiment.Options{
		Knobs: knobs, Separate: true,
		Limits: child.Limits{Wall: c.wall(e)},
		Watch: func(it experiment.Item) {
			if note, ok := it.(experiment.Note); ok && !c.JSON {
				fmt.Fprintf(t.Err, "  %s\n", note)
			}
		},
	})
	if err != nil {
		return err
	}
	if c.Record != "" {
		if err := record(c.Record, res); err != nil {
			return err
		}
	}
	if c.JSON {
		err = t.JSON(report(res, predicted))
	} else {
		err = explain(t, res, predicted)
	}
	if err != nil {
		return err
	}
	return exit(res.Verdict)
}

func (c Run) knobs(e *experiment.Experiment) (map[string]int64, error) {
	chosen := make(map[string]int64)
	for _, k := range c.Knob {
		name, v, err := experiment.ParseKnob(k)
		if err != nil {
			return nil, err
		}
		chosen[name] = v
	}
	return e.Settings(chosen)
}

func (c Run) checkPrediction(e *experiment.Experiment) error {
	if c.Predict >= 0 && c.Predict <= len(e.Choices) {
		return nil
	}
	return Usage(hint.With(fmt.Errorf("%s has no choice %d", e.ID, c.Predict), "--predict takes 1 to %d", len(e.Choices)))
}

// exit turns a verdict into the error that sets the exit status.
func exit(v experiment.Verdict) error {
	switch v {
	case experiment.RefutedRun:
		return Status(ExitFailed)
	case experiment.UnmetRun:
		return Status(ExitNotHere)
	default:
		return nil
	}
}
