package labs

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/exp/trace"

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

	// The trace of the run that failed shows goroutines at work in the answer.
	out.Reset()
	require.Equal(t, 1, code(Replay{Times: 3, Trace: "run.trace"}.Run(t.Context(), term)))
	require.Regexp(t, `\n  trace    go tool trace run.trace\n$`, out.String())
	require.Contains(t, functionsIn(t, "run.trace"), "lab.example/gopark/labs/firsterr.Run.func1")
	status, text = said(Replay{Times: 1, Show: true, Trace: "run.trace"}.Run(t.Context(), term))
	require.Equal(t, 2, status)
	require.Contains(t, text, "there is nothing to trace")

	status, text = said(Replay{Times: 0}.Run(t.Context(), term))
	require.Equal(t, 2, status)
	require.Contains(t, text, "--times=0")
}

// functionsIn returns the functions in which goroutines of a trace were seen.
func functionsIn(t *testing.T, file string) (functions []string) {
	t.Helper()
	f, err := os.Open(file)
	require.NoError(t, err)
	defer f.Close()
	r, err := trace.NewReader(f)
	require.NoError(t, err)
	for {
		e, err := r.ReadEvent()
		if errors.Is(err, io.EOF) {
			return functions
		}
		require.NoError(t, err)
		for frame := range e.Stack().Frames() {
			functions = append(functions, frame.Func)
		}
	}
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
