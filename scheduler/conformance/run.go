package conformance

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"lab.example/gopark/internal/experiment"
)

// RunOptions say what Run does. A zero field means its default.
type RunOptions struct {
	Workload string // one of Workloads; default all of them
	Procs    int    // GOMAXPROCS; default 2
	Runs     int    // of each workload; default 1
	Swaps    int    // traces with two goroutines swapped, for each run; default 0
	JSON     bool   // write an array of Report instead of a table
}

// Run records workloads in this process and writes to w how much of each the rules
// explain. It returns an error that wraps experiment.ErrRefuted if less than 99 % of
// the starts of some workload have a reason, or most swaps were not noticed, and
// experiment.ErrUnmet with the race detector. See Record for what it does to the process.
func Run(ctx context.Context, w io.Writer, o RunOptions) error {
	workloads := Workloads
	if o.Workload != "" {
		one, err := Find(o.Workload)
		if err != nil {
			return err
		}
		workloads = []Workload{one}
	}
	reports := []Report{}
	for _, workload := range workloads {
		for n := range cmp.Or(o.Runs, 1) {
			if err := ctx.Err(); err != nil {
				return context.Cause(ctx)
			}
			report, err := workload.Explain(cmp.Or(o.Procs, 2), WithSwaps(o.Swaps, uint64(n)))
			if err != nil {
				return err
			}
			reports = append(reports, report)
		}
	}
	if err := write(w, reports, o.JSON); err != nil {
		return fmt.Errorf("write reports: %w", err)
	}
	return judge(reports)
}

// Explain records a workload once, see Record, and explains its trace.
func (w Workload) Explain(procs int, opts ...Option) (Report, error) {
	recorded, err := w.Record(procs)
	if err != nil {
		return Report{}, err
	}
	report, err := Explain(bytes.NewReader(recorded), opts...)
	report.Workload = w.Name
	return report, err
}

// enough is the share of starts that must have a reason.
const enough = 0.99

// judge looks at the sums over all runs of a workload.
func judge(reports []Report) error {
	for _, sum := range sums(reports) {
		if share := sum.Share(); share < enough {
			return experiment.Refuted("%s: the rules explain %d of %d starts", sum.Workload, sum.Explained, sum.Starts)
		}
		if 2*sum.Caught < sum.Swaps {
			return experiment.Refuted("%s: of %d traces with two goroutines swapped, %d were explained all the same: the search explains anything",
				sum.Workload, sum.Swaps, sum.Swaps-sum.Caught)
		}
	}
	return nil
}

// sums adds up the reports of each workload, in the order in which they come.
func sums(reports []Report) []Report {
	var all []Report
	for _, r := range reports {
		i := slices.IndexFunc(all, func(sum Report) bool { return sum.Workload == r.Workload })
		if i < 0 {
			i = len(all)
			all = append(all, Report{Workload: r.Workload, Procs: r.Procs, ByReason: make(map[Reason]int)})
		}
		sum := &all[i]
		sum.Starts += r.Starts
		sum.Explained += r.Explained
		sum.Contested += r.Contested
		sum.Stops += r.Stops
		sum.Choices += r.Choices
		sum.Swaps += r.Swaps
		sum.Caught += r.Caught
		sum.Width = max(sum.Width, r.Width)
		sum.Peak = max(sum.Peak, r.Peak)
		sum.Gaps = append(sum.Gaps, r.Gaps...)
		for reason, n := range r.ByReason {
			sum.ByReason[reason] += n
		}
	}
	return all
}

func write(w io.Writer, reports []Report, asJSON bool) error {
	if asJSON {
		encoder := json.NewEncoder(w)
		encoder.SetIndent("", "  ")
		return encoder.Encode(reports)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%-10s %5s %8s %10s %12s %9s %8s %6s  %s\n",
		"workload", "procs", "starts", "contested", "unexplained", "share", "choices", "width", "swaps caught")
	all := sums(reports)
	for _, r := range all {
		fmt.Fprintf(&b, "%-10s %5d %8d %10d %12d %8.3f%% %8d %6d  %d of %d\n", r.Workload, r.Procs, r.Starts, r.Contested,
			r.Starts-r.Explained, 100*r.Share(), r.Choices, r.Width, r.Caught, r.Swaps)
	}
	for _, r := range all {
		fmt.Fprintf(&b, "\n%s:", r.Workload)
		for _, reason := range slices.Sorted(maps.Keys(r.ByReason)) {
			fmt.Fprintf(&b, " %s %d", reason, r.ByReason[reason])
		}
		if r.Stops > 0 {
			fmt.Fprintf(&b, "; stops with work left %d", r.Stops)
		}
	}
	b.WriteByte('\n')
	_, err := io.WriteString(w, b.String())
	return err
}
