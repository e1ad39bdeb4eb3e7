// Package experimenttest answers: is an experiment able to fail, and does it hold here?
//
// In the test file of an experiment's folder:
//
//	func TestMain(m *testing.M)          { experimenttest.Main(m, Experiment) }
//	func TestExperiment(t *testing.T)    { experimenttest.Run(t, Experiment) }
//	func BenchmarkExperiment(b *testing.B) { experimenttest.Bench(b, Experiment) }
//
// and in its testdata folder the recorded cases: supports-NAME.txt and
// refutes-NAME.txt, observations in their text form, at least one of each.
package experimenttest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"lab.example/gopark/internal/experiment"
)

// Main runs the tests of a package and fails if a goroutine is left over. In a
// process that an experiment of the package started, it runs that process's part.
func Main(m *testing.M, all ...*experiment.Experiment) {
	experiment.Main(all...)
	goleak.VerifyTestMain(m)
}

// OutcomesFile is the environment variable that names a file to which Run appends
// one line a test, "supported scheduler/runnext". CI sets it to find experiments
// that were skipped in every one of its lanes.
const OutcomesFile = "GOPARK_OUTCOMES"

// Run validates e, gives its check every recorded case, and carries it out twice:
// as the tests are, and in a process of its own, as the terminal and the notebook
// do. What cannot be measured here skips with the reason.
func Run(t *testing.T, e *experiment.Experiment) {
	t.Run("valid", func(t *testing.T) { require.NoError(t, e.Validate()) })
	t.Run("recorded", func(t *testing.T) {
		cases, err := Recorded("testdata")
		require.NoError(t, err)
		for _, c := range cases {
			t.Run(c.Name, func(t *testing.T) { requireVerdict(t, c.Supports, e.Check(c.Observations)) })
		}
	})
	t.Run("here", func(t *testing.T) { requireSupported(t, e, experiment.Options{}) })
	if !e.Isolated {
		t.Run("separate", func(t *testing.T) { requireSupported(t, e, experiment.Options{Separate: true}) })
	}
}

func requireVerdict(t *testing.T, supports bool, err error) {
	t.Helper()
	if supports {
		require.NoError(t, err)
		return
	}
	require.ErrorIs(t, err, experiment.ErrRefuted)
}

func requireSupported(t *testing.T, e *experiment.Experiment, o experiment.Options) {
	t.Helper()
	res, err := experiment.Do(t.Context(), e, o)
	require.NoError(t, err)
	noteOutcome(t, e, res.Verdict)
	if res.Verdict == experiment.UnmetRun {
		t.Skip(res.Reason)
	}
	text, err := res.Observations.MarshalText()
	require.NoError(t, err)
	require.Equal(t, experiment.Supported, res.Verdict, "%s\n%s", res.Reason, text)
}

func noteOutcome(t *testing.T, e *experiment.Experiment, v experiment.Verdict) {
	name := os.Getenv(OutcomesFile)
	if name == "" {
		return
	}
	f, err := os.OpenFile(name, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	require.NoError(t, err)
	_, err = fmt.Fprintln(f, v, e.ID)
	require.NoError(t, errors.Join(err, f.Close()))
}

// Case is one recorded run.
type Case struct {
	Name         string // file name without folder and extension
	Supports     bool
	Observations experiment.Observations
}

// Recorded reads the recorded cases of an experiment from its testdata folder. It is
// an error if one cannot be read, or if either sort is missing.
func Recorded(dir string) ([]Case, error) {
	var cases []Case
	for _, sort := range []string{"supports", "refutes"} {
		files, err := filepath.Glob(filepath.Join(dir, sort+"-*.txt"))
		if err != nil {
			return nil, err
		}
		if len(files) == 0 {
			return nil, fmt.Errorf("no %s-*.txt in %s: a check that is never seen to fail, or to pass, proves nothing", sort, dir)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				return nil, err
			}
			c := Case{Name: strings.TrimSuffix(filepath.Base(file), ".txt"), Supports: sort == "supports"}
			if err := c.Observations.UnmarshalText(text); err != nil {
				return nil, fmt.Errorf("read %s: %w", file, err)
			}
			cases = append(cases, c)
		}
	}
	return cases, nil
}

// Picture gives hold the observations of every recorded case that supports e and has
// events, and those of a run here; of one for each set of knobs, if there are any.
func Picture(t *testing.T, e *experiment.Experiment, hold func(*testing.T, experiment.Observations), knobs ...map[string]int64) {
	cases, err := Recorded("testdata")
	require.NoError(t, err)
	cases = slices.DeleteFunc(cases, func(c Case) bool { return !c.Supports })
	if len(knobs) == 0 {
		knobs = []map[string]int64{nil}
	}
	for i, k := range knobs {
		res, err := experiment.Do(t.Context(), e, experiment.Options{Knobs: k})
		require.NoError(t, err)
		if res.Verdict != experiment.UnmetRun {
			cases = append(cases, Case{Name: fmt.Sprint("here-", i), Supports: true, Observations: res.Observations})
		}
	}
	drawn := 0
	for _, c := range cases {
		if len(c.Observations.Events) > 0 {
			t.Run(c.Name, func(t *testing.T) { hold(t, c.Observations) })
			drawn++
		}
	}
	require.NotZero(t, drawn, "there is no picture")
}

// EveryCell holds that the check of e looks at each cell of the tables of these names: with
// any one of them changed, no recorded case that supports e does so any more. It follows that
// the rows can be told apart.
func EveryCell(t *testing.T, e *experiment.Experiment, names ...string) {
	cases, err := Recorded("testdata")
	require.NoError(t, err)
	for _, c := range cases {
		for _, name := range names {
			if !c.Supports {
				continue
			}
			lines, ok := c.Observations.Lookup(name)
			require.True(t, ok, "%s has no %s", c.Name, name)
			everyCell(t, e, c, experiment.Value{Name: name, V: lines})
		}
	}
}

func everyCell(t *testing.T, e *experiment.Experiment, c Case, v experiment.Value) {
	t.Helper()
	for row := range v.V.([]string)[1:] {
		table, err := experiment.ParseTable(v.V.([]string))
		require.NoError(t, err)
		for cell := range table.Header {
			was := table.Rows[row][cell]
			table.Rows[row][cell] = "something else"
			c.Observations.Set(experiment.Value{Name: v.Name, V: table.Lines()})
			require.Error(t, e.Check(c.Observations), "%s: row %q, %s", v.Name, table.Rows[row], table.Header[cell])
			table.Rows[row][cell] = was
		}
	}
	c.Observations.Set(v)
}

// Bench carries out e once an iteration and reports the mean of every numeric
// observation as a metric of its own, beside the time and allocations of a run.
func Bench(b *testing.B, e *experiment.Experiment) {
	sums := make(map[string]float64)
	runs := 0
	for b.Loop() {
		res, err := experiment.Do(context.Background(), e, experiment.Options{})
		require.NoError(b, err)
		if res.Verdict == experiment.UnmetRun {
			b.Skip(res.Reason)
		}
		runs++
		for _, v := range res.Observations.Values {
			switch x := v.V.(type) {
			case int64:
				sums[v.Name] += float64(x)
			case float64:
				sums[v.Name] += x
			}
		}
	}
	for name, sum := range sums {
		b.ReportMetric(sum/float64(runs), name)
	}
}
