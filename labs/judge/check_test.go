package judge

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestEvents(t *testing.T) {
	var got []Event
	stage := Stage{Name: "tests", Plain: true, Procs: []int{1, 2}, Runs: 3}
	_, err := Check(t.Context(), Subject{root(t), toy, "testdata/toy/answer.go"}, quick(stage),
		OnEvent(func(e Event) { e.Spent = 0; got = append(got, e) }))
	require.NoError(t, err)
	require.Equal(t, []Event{
		{Stage: "build"},
		{Stage: "tests", Of: 3},
		{Stage: "tests", Runs: 1, Of: 3, All: 1},
		{Stage: "tests", Runs: 2, Of: 3, All: 2},
		{Stage: "tests", Runs: 3, Of: 3, All: 3},
	}, got)
}

// A save ends the check of what was saved before, wherever that is.
func TestACheckIsCancelledAtEveryStep(t *testing.T) {
	stop := errors.New("saved again")
	for at := range 3 { // build, the stage, its first process
		ctx, cancel := context.WithCancelCause(t.Context())
		seen := 0
		_, err := Check(ctx, Subject{root(t), toy, "testdata/toy/answer.go"}, quick(twice), OnEvent(func(Event) {
			if seen == at {
				cancel(stop)
			}
			seen++
		}))
		require.ErrorIs(t, err, stop, "event %d", at)
		require.Equal(t, at+1, seen, "something went on after event %d", at)
	}
}

// What passed in one run and failed in the next is flaky, and the run that failed is the
// one that is kept.
func TestWhatPassedBeforeIsFlaky(t *testing.T) {
	config := t.TempDir()
	t.Setenv("XDG_CONFIG_HOME", config) // every second process fails, as it is remembered here
	flaky := Subject{root(t), toy, "testdata/toy/testdata/wrong/flaky.go"}
	res, err := Check(t.Context(), flaky, quick(twice))
	require.NoError(t, err)
	require.Equal(t, Flaky, res.Verdict, res.Message)
	require.Equal(t, 10, res.Runs)
	require.Contains(t, res.Evidence.Stdout, "the sum of 1, 2 and 3 is 5: want 6")

	// The other way round: it is first seen to fail.
	require.NoError(t, os.WriteFile(filepath.Join(config, "seen"), nil, 0o644))
	res, err = Check(t.Context(), flaky, quick(plain))
	require.NoError(t, err)
	require.Equal(t, Flaky, res.Verdict, res.Message)
	require.Contains(t, res.Message, "(in 5 of 10 runs with GOMAXPROCS=2)")
}

// A bug that has a name keeps it, however seldom it shows.
func TestWhatHasANameIsNotFlaky(t *testing.T) {
	config := t.TempDir()
	t.Setenv("XDG_CONFIG_HOME", config)
	source, err := os.ReadFile("testdata/toy/testdata/wrong/flaky.go")
	require.NoError(t, err)
	answer := filepath.Join(t.TempDir(), "answer.go")
	require.NoError(t, os.WriteFile(answer, []byte(strings.Replace(string(source), "return 5", "select {}", 1)), 0o644))
	res, err := Check(t.Context(), Subject{root(t), toy, answer}, quick(twice))
	require.NoError(t, err)
	require.Equal(t, Deadlock, res.Verdict)
	require.Equal(t, 2, res.Runs)
}

func TestEvidenceOfAHang(t *testing.T) {
	plan := quick(Stage{Name: "tests", Plain: true, Procs: []int{1}, Runs: 1, Seed: 7})
	hang := Subject{root(t), toy, "testdata/toy/testdata/wrong/hang.go"}
	res, err := Check(t.Context(), hang, plan)
	require.NoError(t, err)
	e := res.Evidence
	require.Equal(t, Hang, res.Verdict)
	require.Equal(t, "tests", e.Stage)
	require.Equal(t, 1, e.Procs)
	require.Contains(t, e.Env, "GOMAXPROCS=1")
	require.Contains(t, e.Env, "GOPARK_SEED=7")
	require.Contains(t, e.Env, "GORACE=atexit_sleep_ms=0")
	require.Contains(t, e.Limit, "wall-clock")
	require.True(t, strings.HasPrefix(e.Dump, "goroutine "), e.Dump)
	require.Len(t, e.Groups, 2, "%v", e.Groups) // the other waits for the bubble
	g := e.Groups[0]
	require.Equal(t, "IO wait", g.Doing)
	require.Equal(t, "Total answer.go:11", g.Stack[0])
	require.Contains(t, g.Stack[1], "TestTotal.func1 toy_test.go:")

	// Evidence survives being written down, and says how to do the same again.
	text, err := json.Marshal(e)
	require.NoError(t, err)
	var read Evidence
	require.NoError(t, json.Unmarshal(text, &read))
	require.Equal(t, *e, read)
}

func TestReplay(t *testing.T) {
	needCompiler(t)
	racy := Subject{root(t), toy, "testdata/toy/testdata/wrong/race.go"}
	res, err := Check(t.Context(), racy, quick(race))
	require.NoError(t, err)
	require.Equal(t, Race, res.Verdict)
	e := res.Evidence
	require.True(t, e.Race)
	require.Len(t, e.Groups, 2, "%v", e.Groups)
	require.ElementsMatch(t, []string{"Total.func1 answer.go:9", "Total.func1 answer.go:9"}, []string{e.Groups[0].Stack[0], e.Groups[1].Stack[0]})
	for _, g := range e.Groups {
		require.Contains(t, []string{"read", "write"}, g.Doing)
	}

	again, err := Replay(t.Context(), racy, *e, 5)
	require.NoError(t, err)
	require.Equal(t, Race, again.Verdict)
	require.Equal(t, e.Procs, again.Evidence.Procs)
	require.Equal(t, e.Seed, again.Evidence.Seed)

	healed, err := Replay(t.Context(), Subject{root(t), toy, "testdata/toy/answer.go"}, *e, 5)
	require.NoError(t, err)
	require.Equal(t, Pass, healed.Verdict)
	require.Equal(t, 5, healed.Runs)

	broken := Subject{root(t), toy, "testdata/toy/testdata/wrong/build.go"}
	res, err = Check(t.Context(), broken, Plan{})
	require.NoError(t, err)
	again, err = Replay(t.Context(), broken, *res.Evidence, 5)
	require.NoError(t, err)
	require.Equal(t, res.Finding, again.Finding)
}
