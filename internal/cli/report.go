package cli

import (
	"fmt"
	"io/fs"
	"math"
	"os"
	"regexp"
	"runtime"
	"strings"
	"text/tabwriter"

	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/timeline"
)

type runReport struct {
	ID           string           `json:"id"`
	Verdict      string           `json:"verdict"`
	Predicted    *int             `json:"predicted"`
	Right        *bool            `json:"right"`
	Knobs        map[string]int64 `json:"knobs"`
	Observations map[string]any   `json:"observations"`
	Events       []string         `json:"events"`
	Notes        []string         `json:"notes"`
	Duration     float64          `json:"duration"`
	Reason       string           `json:"reason"`
	Go           string           `json:"go"`
}

func report(res experiment.Result, predicted int) runReport {
	r := runReport{
		ID: res.Experiment.ID, Verdict: string(res.Verdict), Knobs: res.Settings,
		Observations: make(map[string]any), Events: []string{}, Notes: append([]string{}, res.Observations.Notes...),
		Duration: res.Duration.Seconds(), Reason: res.Reason, Go: runtime.Version(),
	}
	for _, v := range res.Observations.Values {
		r.Observations[v.Name] = jsonable(v.V)
	}
	for _, e := range res.Observations.Events {
		r.Events = append(r.Events, e.String())
	}
	if predicted != 0 {
		r.Predicted = &predicted
		if right, known := res.Right(predicted - 1); known {
			r.Right = &right
		}
	}
	return r
}

// jsonable replaces the floats that JSON cannot write by their text.
func jsonable(v any) any {
	if f, ok := v.(float64); ok && (math.IsNaN(f) || math.IsInf(f, 0)) {
		return fmt.Sprint(f)
	}
	return v
}

// explain shows a run to a person: what was observed, the verdict, how the prediction
// did, and why.
func explain(t *Terminal, res experiment.Result, predicted int) error {
	t.Printf("Observed, in %v:\n", res.Duration.Round(100_000))
	for _, v := range res.Observations.Values {
		printValue(t, v)
	}
	printTimeline(t, res.Observations.Events)
	t.Printf("\n%s\n", sentence(res))
	if res.Verdict == experiment.UnmetRun {
		return nil
	}
	printPrediction(t, res, predicted)
	return printWhy(t, res.Experiment)
}

func printValue(t *Terminal, v experiment.Value) {
	if lines, ok := v.V.([]string); ok && v.Unit() == "rows" {
		if table, err := experiment.ParseTable(lines); err == nil {
			printTable(t, v.Name, table)
			return
		}
	}
	name, text, _ := strings.Cut(experiment.FormatItem(v), " ")
	const most = 300
	if runes(text) > most {
		text = string([]rune(text)[:most]) + " ..."
	}
	t.Prose("  "+pad(name, 34)+" ", strings.Repeat(" ", 37), text)
}

// printTable shows a table in columns, each as wide as its widest cell.
func printTable(t *Terminal, name string, table experiment.Table) {
	t.Printf("  %s\n", name)
	w := tabwriter.NewWriter(t.Out, 0, 0, 2, ' ', 0)
	for _, row := range append([][]string{table.Header}, table.Rows...) {
		fmt.Fprintf(w, "    %s\n", strings.Join(row, "\t"))
	}
	_ = w.Flush()
}

// printTimeline shows the events, or the first and last of many.
func printTimeline(t *Terminal, events []timeline.Event) {
	const most = 24
	if len(events) > 0 {
		t.Printf("\nTimeline:\n")
	}
	for i, e := range events {
		if len(events) > most && i == most/2 {
			t.Printf("  ... %d more, all with --json ...\n", len(events)-most)
		}
		if len(events) <= most || i < most/2 || i >= len(events)-most/2 {
			t.Printf("  %s\n", e)
		}
	}
}

func sentence(res experiment.Result) string {
	switch res.Verdict {
	case experiment.Supported:
		return "SUPPORTED: this run agrees with the claim."
	case experiment.RefutedRun:
		return "REFUTED: " + strings.TrimPrefix(res.Reason, experiment.ErrRefuted.Error()+": ")
	case experiment.UnmetRun:
		return "CANNOT BE MEASURED HERE: " + strings.TrimPrefix(res.Reason, experiment.ErrUnmet.Error()+": ")
	default:
		return "NO VERDICT: " + res.Reason
	}
}

func printPrediction(t *Terminal, res experiment.Result, predicted int) {
	choices := res.Experiment.Choices
	if predicted != 0 {
		if right, known := res.Right(predicted - 1); known && right {
			t.Prose("Your prediction was right. ", "", choices[predicted-1].Because)
			return
		} else if known {
			t.Prose("Your prediction was not what happened. ", "", choices[predicted-1].Because)
		}
	}
	if truth := res.Experiment.Truth(); res.Verdict == experiment.Supported {
		t.Prose(fmt.Sprintf("The answer is %d. ", truth+1), "", choices[truth].Because)
	}
}

// link is a Markdown link; a terminal shows its text.
var link = regexp.MustCompile(`\[([^\]]*)\]\([^)]*\)`)

// printWhy shows the part of the page that explains, as plain text.
func printWhy(t *Terminal, e *experiment.Experiment) error {
	page, err := fs.ReadFile(e.Files, "page.md")
	if err != nil {
		return err
	}
	_, why, found := strings.Cut(string(page), "\n## Why\n")
	if !found {
		return nil
	}
	for paragraph := range strings.SplitSeq(strings.TrimSpace(why), "\n\n") {
		if alone := link.FindString(paragraph); alone == strings.TrimSpace(paragraph) {
			continue // a figure: the notebook shows it
		}
		t.Printf("\n")
		t.Prose("", "", strings.TrimLeft(link.ReplaceAllString(paragraph, "$1"), "# "))
	}
	t.Printf("\nThe whole page, with code and pictures: gopark, or %s/page.md\n", e.ID)
	return nil
}

// record writes a run in the form of recorded cases, stamped with what it ran on.
func record(name string, res experiment.Result) error {
	text, err := res.Observations.MarshalText()
	if err != nil {
		return err
	}
	stamp := fmt.Sprintf("# %s %s/%s, %d cores, %s\n", runtime.Version(), runtime.GOOS, runtime.GOARCH,
		runtime.NumCPU(), res.Started.UTC().Format("2006-01-02"))
	if err := os.WriteFile(name, append([]byte(stamp), text...), 0o644); err != nil {
		return fmt.Errorf("record run: %w", err)
	}
	return nil
}
