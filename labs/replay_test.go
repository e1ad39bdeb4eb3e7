package labs

import (
	"encoding/json"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/labs/judge"
)

func TestReplay(t *testing.T) {
	w := begin(t)
	term, out := terminal()
	status, text := said(Replay{Times: 1}.Run(t.Context(), term))
	require.Equal(t, 2, status)
	require.Contains(t, text, "firsterr: no failing run is kept\ngopark: hint: gopark lab check firsterr")

	wrong := read(t, "labs/firsterr/testdata/wrong/senders.go")
	write(t, w.answer(firsterr), wrong)
	require.Equal(t, 1, code(Check{}.Run(t.Context(), term)))

	// The answer that failed is what is kept, whatever becomes of the file.
	write(t, w.answer(firsterr), read(t, "labs/firsterr/answer.go"))
	out.Reset()
	require.NoError(t, Replay{Show: true, Times: 1}.Run(t.Context(), term))
	require.Regexp(t, `(?s)^firsterr: leak: .*\n  at       work/firsterr/answer.go:\d+\n  test     Test\w+\n  when     .*\n  run      tests: GOMAXPROCS=2, seed \d+\n  command  .*-test\.v`, out.String())
	require.NotContains(t, out.String(), "again: ")

	out.Reset()
	require.Equal(t, 1, code(Replay{Times: 3, JSON: true}.Run(t.Context(), term)))
	var got replayed
	require.NoError(t, json.Unmarshal(out.Bytes(), &got))
	require.Equal(t, judge.Leak, got.Verdict)
	require.Equal(t, judge.Leak, got.Failure.Verdict)
	require.Equal(t, wrong, got.Failure.Answer)
	require.Equal(t, 1, got.Runs, "the first that fails is the last")

	// The answer as it is now passes the same runs.
	out.Reset()
	require.NoError(t, Replay{Times: 3, Now: true, Output: true}.Run(t.Context(), term))
	require.Regexp(t, `(?s)\n=== RUN   TestNothingToDo\n.*\nagain: pass: 3/3 clean`, out.String())

	status, text = said(Replay{Times: 0}.Run(t.Context(), term))
	require.Equal(t, 2, status)
	require.Contains(t, text, "--times=0")
}

func TestReplayOfABuildThatFailed(t *testing.T) {
	w := begin(t)
	term, out := terminal()
	write(t, w.answer(firsterr), "package firsterr\n\nfunc Run() {\n")
	require.Equal(t, 1, code(Check{}.Run(t.Context(), term)))
	out.Reset()
	require.Equal(t, 1, code(Replay{Times: 1}.Run(t.Context(), term)))
	require.Regexp(t, `(?s)  command  .*go test -c.*\nagain: build: syntax error`, out.String())
}

func TestEvidenceThatCannotBeRead(t *testing.T) {
	w := begin(t)
	require.NoError(t, os.MkdirAll("work/.evidence", 0o755))
	write(t, w.evidence(firsterr), `{"lab":`)
	term, _ := terminal()
	status, text := said(Replay{Times: 1}.Run(t.Context(), term))
	require.Equal(t, 1, status)
	require.Contains(t, text, "gopark: hint: gopark lab check firsterr makes a new one")
}
