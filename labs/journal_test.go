package labs

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/labs/judge"
)

func TestJournalSurvivesATornLine(t *testing.T) {
	w := module(t)
	require.NoError(t, os.MkdirAll("work", 0o755))
	require.NoError(t, w.note(entry{Lab: "firsterr", Content: "a", Verdict: judge.Leak}))
	require.NoError(t, w.note(entry{Lab: "firsterr", Content: "a", Verdict: judge.Pass}))
	write(t, w.journal(), read(t, w.journal())+`{"lab":"firsterr","content":"a","verd`)
	past, err := w.history()
	require.NoError(t, err)
	require.Len(t, past, 2)

	require.NoError(t, w.note(entry{Lab: "firsterr", Content: "b", Verdict: judge.Hang}))
	past, err = w.history()
	require.NoError(t, err)
	require.Len(t, past, 3)
	require.Equal(t, judge.Pass, past.verdict(firsterr, "a"))
	require.Equal(t, judge.Hang, past.verdict(firsterr, "b"))
	require.Empty(t, past.verdict(firsterr, "c"))
	require.NotZero(t, past[0].At)
}

// Journals of the first version have nothing but verdicts, without a time.
func TestJournalOfTheFirstVersion(t *testing.T) {
	w := module(t)
	require.NoError(t, os.MkdirAll("work", 0o755))
	write(t, w.journal(), `{"lab":"firsterr","content":"a","verdict":"pass"}`+"\n")
	past, err := w.history()
	require.NoError(t, err)
	require.Equal(t, history{{Lab: "firsterr", Content: "a", Verdict: judge.Pass}}, past)
	require.True(t, past.passed(firsterr))
	require.Zero(t, past.hints(firsterr))
}
