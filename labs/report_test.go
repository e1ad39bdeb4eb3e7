package labs

import (
	"bytes"
	"encoding/json"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/labs/judge"
)

func TestReport(t *testing.T) {
	w := module(t)
	require.NoError(t, os.MkdirAll("work", 0o755))
	at := func(minute int) time.Time { return time.Date(2026, 1, 2, 3, minute, 0, 0, time.UTC) }
	write(t, w.journal(), `{"lab":"firsterr","content":"a","verdict":"race"}`+"\n") // the first version
	for _, e := range []entry{
		{At: at(1), Lab: "firsterr", Hint: 1},
		{At: at(2), Lab: "firsterr", Hint: 2},
		{At: at(3), Lab: "other", Hint: 3},
		{At: at(4), Lab: "firsterr", Answer: true},
		{At: at(5), Lab: "firsterr", Content: "b", Verdict: judge.Pass},
		{At: at(6), Lab: "firsterr", Content: "c", Verdict: judge.Pass},
		{At: at(7), Lab: "firsterr", Reset: true},
		{At: at(8), Lab: "other", Content: "d", Verdict: judge.Pass},
	} {
		require.NoError(t, w.note(e))
	}
	past, err := w.history()
	require.NoError(t, err)
	require.Equal(t, reported{
		Name: "firsterr", State: "started", Hints: 2, Checks: 3, Spoiled: true,
		First: new(at(1)), Passed: new(at(5)), Last: new(at(7)),
	}, past.report(listed{Name: "firsterr", State: "started"}))
	require.Equal(t, reported{Name: "third", State: "new"}, past.report(listed{Name: "third", State: "new"}))
}

func TestReportHasALineForEachLab(t *testing.T) {
	module(t)
	term, out := terminal()
	require.NoError(t, Report{}.Run(term))
	lines := bytes.Split(bytes.TrimSpace(out.Bytes()), []byte("\n"))
	require.Len(t, lines, len(All))
	for i, line := range lines {
		var r map[string]any
		require.NoError(t, json.Unmarshal(line, &r))
		require.Equal(t, All[i].Name, r["name"])
		require.Contains(t, r, "first")
		require.Nil(t, r["first"])
	}
}
