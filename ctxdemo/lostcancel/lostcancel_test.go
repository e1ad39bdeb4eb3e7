package lostcancel

import (
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/internal/experiment/experimenttest"
)

func TestMain(m *testing.M) { experimenttest.Main(m, Experiment) }

func TestExperiment(t *testing.T) { experimenttest.Run(t, Experiment) }

func BenchmarkExperiment(b *testing.B) { experimenttest.Bench(b, Experiment) }

// TestListsAgree holds that no function of the program is missing from the table, or the
// other way round.
func TestListsAgree(t *testing.T) {
	source, err := files.ReadFile("testdata/shapes.go")
	require.NoError(t, err)
	var inSource, inTable []string
	for _, m := range regexp.MustCompile(`(?m)^\t\{"(\w+)", \w+\},$`).FindAllSubmatch(source, -1) {
		inSource = append(inSource, string(m[1]))
	}
	for _, s := range shapes {
		inTable = append(inTable, s.name)
	}
	require.ElementsMatch(t, inSource, inTable)
}

func TestReportedIn(t *testing.T) {
	const source = "package p\n\nfunc f() {\n}\n\nfunc g() {\n}\n"
	names, err := reportedIn([]byte(source), []string{
		"# command-line-arguments",
		"./shapes.go:6:1: the cancel function is not used on all paths (possible context leak)",
		"./shapes.go:7:1: this return statement may be reached without using the cancel var defined on line 6",
		"shapes.go:3:1: the cancel function returned by context.WithCancel should be called",
	})
	require.NoError(t, err)
	require.Equal(t, []string{"g", "f"}, names)
	for _, line := range []string{
		"./shapes.go:6:1: undefined: cancels", // what does not compile is no report
		"go: cannot find main module",
		"./other.go:6:1: the cancel function",
	} {
		_, err := reportedIn([]byte(source), []string{line})
		require.Error(t, err, line)
	}
}
