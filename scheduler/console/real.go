package console

import (
	"context"
	"errors"
	"fmt"
	"time"

	"lab.example/gopark/internal/cli"
	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/hint"
	"lab.example/gopark/scheduler/model"
	"lab.example/gopark/scheduler/model/realrun"
)

// Diff is "gopark model diff FILE".
type Diff struct {
	File string `arg:"" help:"A program in JSON; - is standard input."`
	JSON bool   `help:"Print one JSON object."`
}

// Help is the long help text.
func (Diff) Help() string {
	return `Runs a program on the real runtime, on one P and beginning at the tick that the file
asks for, and on the model, and shows where the two orders part, if they do. Where a
select finds several cases ready the runtime draws lots; the model is told what it drew.
In a binary that go build made, the state of the real scheduler is read at each event
and compared, too: schedtick, the ring, runnext and the global queue.

A run on the real runtime counts only if the clock had no say in it: no time slice of 9 ms
or more, no mutex handed over because somebody had waited for 1 ms, nothing else to run
at the start. That is decided without looking at the order. If no run counts, the exit
status is 3.`
}

type differed struct {
	Same    bool          `json:"same"`
	At      int           `json:"at"` // the first event that differs; -1 if none does
	Tick0   uint32        `json:"tick0_mod61"`
	Runtime []model.Event `json:"runtime"`
	Model   []model.Event `json:"model"`
	Status  [2]string     `json:"status"` // of the runtime, of the model
	State   string        `json:"state"`  // what was compared of the scheduler's state, or why it was not read
	Doubts  []string      `json:"doubts"` // why runs before this one did not count
}

// Run does it.
func (c Diff) Run(ctx context.Context, t *cli.Terminal) error {
	f, err := load(c.File, t.In)
	if err != nil {
		return err
	}
	r := realrun.Request{Program: f.Program, Tick0: f.Tick0}
	runs, err := realrun.Do(ctx, []realrun.Request{r})
	if err != nil {
		return notHere(err)
	}
	run := runs[0]
	if !run.Valid {
		return experiment.Unmet("no run on the real runtime counts: %s%s", run.Why, died(run))
	}
	m := realrun.Diff(ctx, r, run, model.Rules{})
	if c.JSON {
		d := differed{Same: m == nil, At: -1, Tick0: run.Tick0, Runtime: run.Order, Model: run.Order, Status: [2]string{run.Status, run.Status}, State: realrun.Compared(run), Doubts: append([]string{}, run.Doubts...)}
		if m != nil {
			d.At, d.Model, d.Status[1] = m.At, m.Sim.Order, m.Sim.Status
		}
		err = t.JSON(d)
	} else if m == nil {
		t.Printf("the same: %d events of %d goroutines, in the same order; %s\n%s\n", len(run.Order), run.Goroutines, run.Status, realrun.Compared(run))
	} else {
		t.Printf("%s", m)
	}
	if err == nil && m != nil {
		return cli.Status(cli.ExitFailed)
	}
	return err
}

func died(run realrun.Run) string {
	if run.Status == "" {
		return ""
	}
	return " (" + run.Status + ")"
}

// notHere marks an error that says that the machine, or this build, cannot measure it.
func notHere(err error) error {
	if errors.Is(err, realrun.ErrNotHere) {
		return hint.With(experiment.Unmet("%v", err), "%s", hint.Of(err))
	}
	return err
}

// Soak is "gopark model soak".
type Soak struct {
	N       int           `help:"How many programs; 0 goes on until Ctrl-C." default:"10000" placeholder:"N"`
	Seed    uint64        `help:"Of the first program of each class." default:"1"`
	Class   []string      `help:"Which classes: small, sync, long, overflow, overflowsync, huge, select, threads; without it, all."`
	Workers int           `help:"How many processes at a time." default:"1"`
	For     time.Duration `help:"Stop after this time."`
	JSON    bool          `help:"Print one JSON object."`
}

// Help is the long help text.
func (Soak) Help() string {
	return `Makes random programs, runs each on the real runtime and on the model, and compares the
whole order of events, and in a binary that go build made the state of the scheduler at
each. A program for which they differ is made smaller and printed with both orders. The
same seed makes the same programs. Ctrl-C ends it with what was found until then.

Runs in which the clock had a say are thrown away and repeated, without looking at the
order, and counted; programs of which no run counts are counted as not measured.

The exit status is 1 if the model was wrong once, 3 if nothing could be measured.`
}

// Run does it.
func (c Soak) Run(ctx context.Context, t *cli.Terminal) error {
	o := realrun.SoakOptions{N: c.N, Seed: c.Seed, Workers: c.Workers, Progress: t.Err}
	for _, name := range c.Class {
		class, err := realrun.ClassNamed(name)
		if err != nil {
			return cli.Usage(err)
		}
		o.Classes = append(o.Classes, class)
	}
	if c.N < 0 {
		return cli.Usage(fmt.Errorf("%d programs: want 0 or more", c.N))
	}
	if c.For > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, c.For)
		defer cancel()
	}
	report, err := realrun.Soak(ctx, o)
	if err != nil {
		return notHere(err)
	}
	if c.JSON {
		err = t.JSON(soaked(report))
	} else {
		t.Printf("%s", report)
	}
	switch {
	case err != nil:
		return err
	case report.Exact():
		return nil
	case len(report.Mismatches) > 0:
		return cli.Status(cli.ExitFailed)
	default:
		return experiment.Unmet("no run on the real runtime counted")
	}
}

type soakForm struct {
	Classes    map[string]*realrun.Tally `json:"classes"`
	Mismatches []string                  `json:"mismatches"`
	Unread     string                    `json:"unread,omitempty"` // why the scheduler's state was not compared
}

func soaked(r *realrun.Report) soakForm {
	f := soakForm{Classes: r.Classes, Mismatches: []string{}, Unread: r.Unread}
	for _, m := range r.Mismatches {
		f.Mismatches = append(f.Mismatches, m.String())
	}
	return f
}

// Mutants is "gopark model mutants".
type Mutants struct {
	JSON bool `help:"Print a JSON array."`
}

// Help is the long help text.
func (Mutants) Help() string {
	return `Runs a fixed set of programs, random ones and some made by hand, on the real runtime, and
compares what it did with wrong models: one that looks at the global queue every 64
ticks, one whose ring holds 255, and so on. Each must be found out by some program. That
is the proof that a comparison without a difference means something.

The exit status is 1 if a wrong model survives.`
}

type mutantForm struct {
	Name     string `json:"name"`
	Dead     bool   `json:"dead"`
	Killers  int    `json:"killers"`
	Programs int    `json:"programs"`
	First    string `json:"first"` // the first program that found it out
}

// Run does it.
func (c Mutants) Run(ctx context.Context, t *cli.Terminal) error {
	deaths, err := realrun.Kill(ctx, realrun.Corpus(), realrun.Mutants)
	if err != nil {
		return notHere(err)
	}
	survivors := 0
	forms := []mutantForm{}
	for _, d := range deaths {
		f := mutantForm{Name: d.Name, Dead: d.First != nil, Killers: d.Killers, Programs: d.Programs}
		if d.First != nil {
			f.First = d.First.Program.Name
		} else {
			survivors++
		}
		forms = append(forms, f)
		if !c.JSON {
			t.Printf("%s\n", d)
		}
	}
	if c.JSON {
		if err := t.JSON(forms); err != nil {
			return err
		}
	}
	if survivors > 0 {
		return cli.Status(cli.ExitFailed)
	}
	return nil
}
