package labs

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/labs/judge"
)

// What is made compiles and breaks the contract, in words that say what to do.
func TestNewLab(t *testing.T) {
	w := module(t)
	term, out := terminal()
	require.NoError(t, New{Name: "fresh"}.Run(term))
	require.Contains(t, out.String(), "  labs/fresh/testdata/wrong/mistake.go\n")
	require.Contains(t, out.String(), "\t{Name: \"fresh\", Track: \"...\"},\n")
	for _, name := range []string{"fresh.go", "fresh_test.go", "page.md"} {
		require.FileExists(t, filepath.Join("labs/fresh", name))
		require.NotContains(t, read(t, filepath.Join("labs/fresh", name)), "NAME")
	}
	page := parsePage(read(t, "labs/fresh/page.md"))
	require.Len(t, page.Hints, 3)
	require.NotEmpty(t, page.Why)

	for _, answer := range []string{"answer.go", "testdata/start.go", "testdata/wrong/mistake.go"} {
		res, err := w.judge(t.Context(), Lab{Name: "fresh"}, filepath.Join(w.root, "labs/fresh", answer), judge.Standard(), nil)
		require.NoError(t, err)
		require.Equal(t, judge.Assert, res.Verdict, res.Output)
		require.Equal(t, "write the tests: in fresh_test.go, one for each numbered sentence of fresh.go, and Do in answer.go, which passes them", res.Message)
	}
	_, err := judge.ParseReason([]byte(read(t, "labs/fresh/testdata/wrong/mistake.go")))
	require.ErrorContains(t, err, `"THE-BUG" is not a verdict`)
}

func TestNewLabTouchesNothing(t *testing.T) {
	w := module(t)
	before := read(t, "labs/firsterr/answer.go")
	term, _ := terminal()
	status, text := said(New{Name: "firsterr"}.Run(term))
	require.Equal(t, 2, status)
	require.Contains(t, text, "labs/firsterr is there already\ngopark: hint: ")
	require.Equal(t, before, read(t, "labs/firsterr/answer.go"))
	for _, name := range []string{"", "..", "a/b", "First", "first-err", "1st", "func", "judge", "probe", "answer", "vendor"} {
		_, err := w.scaffold(name)
		require.Equal(t, 2, code(err), name)
	}
	left, err := os.ReadDir("labs")
	require.NoError(t, err)
	require.Len(t, left, 2+2, "two labs, and judge, and probe")
}
