package console_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/internal/cli"
	"lab.example/gopark/internal/experiment/experimenttest"
	"lab.example/gopark/internal/hint"
	"lab.example/gopark/scheduler/console"
	"lab.example/gopark/scheduler/model"
)

func TestMain(m *testing.M) { experimenttest.Main(m) }

// command runs "gopark model" and returns what it wrote.
func command(t *testing.T, input string, args ...string) (string, error) {
	t.Helper()
	var out, errs bytes.Buffer
	terminal := &cli.Terminal{In: strings.NewReader(input), Out: &out, Err: &errs, Width: 80}
	var grammar struct {
		Model console.Cmd `cmd:""`
	}
	err := cli.Dispatch(t.Context(), terminal, &grammar, append([]string{"model"}, args...))
	return out.String(), err
}

// The JSON has the fields of the recorded files, with the same content.
func TestJSONIsWhatWasRecorded(t *testing.T) {
	paths, err := filepath.Glob("../model/testdata/order/*.json")
	require.NoError(t, err)
	require.NotEmpty(t, paths)
	for _, path := range paths {
		out, err := command(t, "", path, "--json")
		require.NoError(t, err)
		var got, want struct {
			Order     []model.Event `json:"order"`
			Ticks     uint32        `json:"ticks_used"`
			Status    string        `json:"status"`
			Decisions uint64        `json:"decisions"`
		}
		require.NoError(t, json.Unmarshal([]byte(out), &got))
		data, err := os.ReadFile(path)
		require.NoError(t, err)
		require.NoError(t, json.Unmarshal(data, &want))
		require.Positive(t, got.Decisions)
		got.Decisions = 0
		require.Equal(t, want, got, path)
	}
}

func TestTimeline(t *testing.T) {
	out, err := command(t, `{"chans":[0],"procs":[[["rep",3,[["go",1]]],["recv",0]],[["mark",1]]]}`, "-")
	require.NoError(t, err)
	for _, want := range []string{
		"G0     go 1 ×3",
		"G3     mark 1 · exit",
		"fatal error: all goroutines are asleep - deadlock!",
		"goroutine 0 [chan receive]:\n\tprocs[0]: recv 0",
		"4 goroutines, 9 events, 3 decisions",
	} {
		require.Contains(t, out, want)
	}
	require.Less(t, strings.Index(out, "G3 "), strings.Index(out, "G1 "), "the newest runs first")

	out, err = command(t, `{"procs":[[["rep",500,[["go",1]]]],[["yield"]]]}`, "-", "--lines", "5")
	require.NoError(t, err)
	require.Contains(t, out, "more lines: --lines 0 shows all")
	require.Less(t, strings.Count(out, "\n"), 12)
}

func TestCompare(t *testing.T) {
	// One goroutine computes; at three Ps the others are stolen, unless that is forbidden.
	const program = `{"procs":[[["rep",8,[["go",1]]]],[["cpu","4ms"]]]}`
	out, err := command(t, program, "compare", "-", "--procs", "3", "--json")
	require.NoError(t, err)
	var rows []struct {
		Policy  string
		Elapsed int64
		Stats   struct{ Stolen, Threads int }
	}
	require.NoError(t, json.Unmarshal([]byte(out), &rows))
	require.Len(t, rows, len(model.Policies))
	by := map[string]int{}
	for i, r := range rows {
		by[r.Policy] = i
	}
	require.Positive(t, rows[by["go"]].Stats.Stolen)
	require.Zero(t, rows[by["no-steal"]].Stats.Stolen)
	require.Greater(t, rows[by["no-steal"]].Elapsed, rows[by["go"]].Elapsed)

	out, err = command(t, program, "compare", "-")
	require.NoError(t, err)
	require.Contains(t, out, "longest wait")
}

func TestUnusableInput(t *testing.T) {
	for name, c := range map[string]struct {
		input string
		args  []string
		says  string
		hint  string
		code  int
	}{
		"no file":         {args: []string{"nowhere.json"}, says: "no such file", hint: "--help", code: 2},
		"no JSON":         {input: `{"procs":[[`, args: []string{"-"}, says: "unexpected EOF", code: 2},
		"unknown op":      {input: `{"procs":[[["yeild"]]]}`, args: []string{"-"}, says: `procs[0][0]: there is no operation "yeild"`, hint: `"yield"`, code: 2},
		"out of range":    {input: `{"chans":[0],"procs":[[["rep",2,[["send",1]]]]]}`, args: []string{"-"}, says: "procs[0][0][2][0]: send: there is no channel 1", code: 2},
		"unknown policy":  {input: `{"procs":[[]]}`, args: []string{"-", "--policy", "fare"}, says: `no policy "fare"`, hint: "fair", code: 2},
		"too many Ps":     {input: `{"procs":[[]]}`, args: []string{"-", "--procs", "257"}, says: "257 Ps", code: 2},
		"a bomb":          {input: `{"procs":[[["go",0],["go",0]]]}`, args: []string{"-", "--goroutines", "1000"}, says: "would make more than 1000 at once", hint: "--goroutines", code: 1},
		"a loop for ever": {input: `{"procs":[[["rep",4000000000,[["rep",4000000000,[]]]]]]}`, args: []string{"-", "--steps", "100000"}, says: "does not end: after", hint: "--steps", code: 1},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := command(t, c.input, c.args...)
			require.ErrorContains(t, err, c.says)
			require.Contains(t, hint.Of(err), c.hint)
			require.Equal(t, c.code, cli.Fail(&bytes.Buffer{}, err))
		})
	}
}

func TestInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errors.New("enough"))
	var grammar struct {
		Model console.Cmd `cmd:""`
	}
	terminal := &cli.Terminal{In: strings.NewReader(`{"procs":[[["rep",4000000000,[["yield"]]]]]}`), Out: &bytes.Buffer{}, Err: &bytes.Buffer{}}
	err := cli.Dispatch(ctx, terminal, &grammar, []string{"model", "-", "--json"})
	require.ErrorContains(t, err, "enough")
}

func TestConform(t *testing.T) {
	out, err := command(t, "", "conform", "mutex", "--procs", "1", "--json")
	if cli.Fail(&bytes.Buffer{}, err) == cli.ExitNotHere {
		t.Skip(err) // with the race detector
	}
	require.NoError(t, err)
	var reports []struct{ Starts, Explained, Swaps, Caught int }
	require.NoError(t, json.Unmarshal([]byte(out), &reports))
	require.Len(t, reports, 1)
	require.Positive(t, reports[0].Starts)
	require.Equal(t, reports[0].Starts, reports[0].Explained)
	require.Equal(t, reports[0].Swaps, reports[0].Caught)

	_, err = command(t, "", "conform", "mutexes")
	require.Equal(t, cli.ExitUsage, cli.Fail(&bytes.Buffer{}, err))
}
