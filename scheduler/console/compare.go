package console

import (
	"context"
	"fmt"
	"text/tabwriter"
	"time"

	"lab.example/gopark/internal/cli"
	"lab.example/gopark/scheduler/model"
)

// Compare is "gopark model compare FILE".
type Compare struct {
	File    string `arg:"" help:"A program in JSON; - is standard input."`
	Machine `embed:""`
	JSON    bool `help:"Print a JSON array."`
}

// Help is the long help text.
func (Compare) Help() string {
	return `Runs one program under every policy and puts what came of it side by side: how long it
took on the virtual clock, how long goroutines were ready and did not run (mean and
longest), how often the processor went to another goroutine, and how many threads were
made. The longest wait shows starvation. All policies but the first are for contrast.`
}

type compared struct {
	Policy    string    `json:"policy"`
	Doc       string    `json:"doc"`
	Status    string    `json:"status"`
	Error     string    `json:"error,omitempty"`
	Elapsed   int64     `json:"elapsed"` // ns
	WaitMean  int64     `json:"wait_mean"`
	Decisions uint64    `json:"decisions"`
	Stats     statsForm `json:"stats"`
}

// Run does it.
func (c Compare) Run(ctx context.Context, t *cli.Terminal) error {
	f, err := load(c.File, t.In)
	if err != nil {
		return err
	}
	var rows []compared
	for _, p := range model.Policies {
		row := compared{Policy: p.Name, Doc: p.Doc}
		cfg := c.config(f, p)
		cfg.NoLog = true
		r, err := model.Run(ctx, f.Program, cfg)
		if ctx.Err() != nil {
			return err
		}
		if err != nil {
			row.Error = explain(c.File, err).Error()
		} else {
			row.Status, row.Elapsed, row.Decisions, row.Stats = r.Status, r.Elapsed.Nanoseconds(), r.Decisions, formOf(r)
			row.WaitMean = row.Stats.WaitSum / max(int64(r.Decisions), 1)
		}
		rows = append(rows, row)
	}
	if c.JSON {
		return t.JSON(rows)
	}
	w := tabwriter.NewWriter(t.Out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "policy\ttime\tmean wait\tlongest wait\tswitches\tthreads\tends with")
	for _, r := range rows {
		if r.Error != "" {
			fmt.Fprintf(w, "%s\t\t\t\t\t\t%s\n", r.Policy, r.Error)
			continue
		}
		fmt.Fprintf(w, "%s\t%v\t%v\t%v\t%d\t%d\t%s\n", r.Policy, round(r.Elapsed), round(r.WaitMean), round(r.Stats.WaitMax),
			r.Stats.Switches, r.Stats.Threads, r.Status)
	}
	return w.Flush()
}

// round keeps three digits of a time.
func round(ns int64) time.Duration {
	unit := time.Duration(1)
	for d := ns; d >= 1000; d /= 10 {
		unit *= 10
	}
	return time.Duration(ns).Round(unit)
}
