package experimenttest_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/experiment/experimenttest"
)

var subject = &experiment.Experiment{
	ID:       "fake/one",
	Question: "Is it so?",
	Choices:  []experiment.Choice{{Text: "yes", True: true, Because: "it is"}, {Text: "no", Because: "it is not"}},
	Run: func(_ context.Context, r *experiment.Recorder) error {
		r.Value("/so:bool", true)
		return nil
	},
	Check: func(o experiment.Observations) error {
		if so, _ := o.Lookup("/so:bool"); so != true {
			return experiment.Refuted("it was not")
		}
		return nil
	},
	Files: fstest.MapFS{"page.md": {}},
}

func TestMain(m *testing.M) { experimenttest.Main(m, subject) }

// TestRun carries out an experiment in a folder of its own and finds both ways of
// running it among the outcomes.
func TestRun(t *testing.T) {
	outcomes := filepath.Join(t.TempDir(), "outcomes")
	t.Setenv(experimenttest.OutcomesFile, outcomes)
	t.Chdir(t.TempDir())
	write(t, "supports-yes", "/so:bool true\n")
	write(t, "refutes-no", "/so:bool false\n")
	experimenttest.Run(t, subject)
	text, err := os.ReadFile(outcomes)
	require.NoError(t, err)
	require.Equal(t, "supported fake/one\nsupported fake/one\n", string(text))
}

func TestRecorded(t *testing.T) {
	t.Chdir(t.TempDir())
	_, err := experimenttest.Recorded("testdata")
	require.ErrorContains(t, err, "no supports-*.txt in testdata")
	write(t, "supports-yes", "/so:bool true\n")
	_, err = experimenttest.Recorded("testdata")
	require.ErrorContains(t, err, "no refutes-*.txt in testdata")
	write(t, "refutes-no", "/so:bool maybe\n")
	_, err = experimenttest.Recorded("testdata")
	require.ErrorContains(t, err, "refutes-no.txt: line 1")
	write(t, "refutes-no", "/so:bool false\n")
	cases, err := experimenttest.Recorded("testdata")
	require.NoError(t, err)
	require.Len(t, cases, 2)
	require.Equal(t, "supports-yes", cases[0].Name)
	require.True(t, cases[0].Supports)
	require.False(t, cases[1].Supports)
}

func write(t *testing.T, name, text string) {
	t.Helper()
	require.NoError(t, os.MkdirAll("testdata", 0o755))
	require.NoError(t, os.WriteFile(filepath.Join("testdata", name+".txt"), []byte(text), 0o644))
}

func BenchmarkBench(b *testing.B) { experimenttest.Bench(b, subject) }
