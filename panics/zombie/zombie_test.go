package zombie

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/experiment/experimenttest"
)

func TestMain(m *testing.M) { experimenttest.Main(m, Experiment) }

// patiently returns the path of the pipeline. It gives the compiler the time that it needs
// with an empty cache: what a reader is not asked to wait for, the tests wait for.
func patiently(t *testing.T) string {
	name, err := compiled()
	if err != nil {
		t.Skip(err)
	}
	return name
}

var compiled = sync.OnceValues(func() (string, error) {
	p := pipeline
	p.limit = 8 * time.Minute
	return p.build(context.Background(), func(string, ...any) {})
})

func TestExperiment(t *testing.T) {
	t.Parallel()
	patiently(t)
	experimenttest.Run(t, Experiment)
}

func BenchmarkExperiment(b *testing.B) { experimenttest.Bench(b, Experiment) }

// TestPollAfterTheLast has the channel full just when the goroutine that polls has handed
// on its whole poll: it polls once more.
func TestPollAfterTheLast(t *testing.T) {
	t.Parallel()
	name := patiently(t)
	s := scene{Records: records, Record: 443, More: more, Batch: batch, Channel: room}
	require.Zero(t, (s.Record+1+room)%batch)
	out, err := exec.CommandContext(t.Context(), name, "look", "--record=443").Output()
	require.NoError(t, err)
	behind := records - s.polledAhead()
	require.Contains(t, string(out), fmt.Sprintf("\n/zombie/lag:records [%d %d]\n", behind, behind+more))
}

// TestLeakProfile is the look with the profile, where a build with it is in the cache. It
// compiles everything anew, which no test should wait for.
func TestLeakProfile(t *testing.T) {
	t.Parallel()
	p := program{pkg: pipeline.pkg, env: leakProfile, limit: 5 * time.Second}
	name, err := p.build(t.Context(), t.Logf)
	if err != nil {
		t.Skip(err)
	}
	out, err := exec.CommandContext(t.Context(), name, "look").Output()
	require.NoError(t, err)
	var seen experiment.Observations
	require.NoError(t, seen.UnmarshalText(out))
	_, ok := seen.Lookup("/zombie/leaked:goroutines")
	require.True(t, ok)
	require.NoError(t, checkLeaks(seen))
}

// TestNoProgram is every way in which there is no program to run: the reader is told what
// to do, whatever the reason is.
func TestNoProgram(t *testing.T) {
	note := func(string, ...any) {}
	for reason, p := range map[string]program{
		"takes longer than 1ns":  {pkg: pipeline.pkg, limit: 1},
		"does not compile here:": {pkg: pipeline.pkg + "/nowhere", limit: time.Minute},
	} {
		_, err := p.build(t.Context(), note)
		require.ErrorIs(t, err, experiment.ErrUnmet)
		require.ErrorContains(t, err, reason)
		require.ErrorContains(t, err, "run once: go build -o /dev/null "+p.pkg)
	}
	t.Run("elsewhere", func(t *testing.T) {
		t.Chdir(t.TempDir())
		_, err := pipeline.build(t.Context(), note)
		require.ErrorIs(t, err, experiment.ErrUnmet)
	})
	t.Run("cancelled", func(t *testing.T) {
		ctx, cancel := context.WithCancelCause(t.Context())
		enough := errors.New("enough")
		cancel(enough)
		_, err := pipeline.build(ctx, note)
		require.ErrorIs(t, err, enough)
	})
}

func TestSplitter(t *testing.T) {
	var got []string
	out := splitter{each: func(line string) { got = append(got, line) }}
	for _, p := range []string{"/a:b 1\n/c", ":d 2", "\n", "\nrest"} {
		out.write([]byte(p))
	}
	require.Equal(t, []string{"/a:b 1", "/c:d 2", ""}, got)
}

func TestParse(t *testing.T) {
	v, err := parse("/a:b 1")
	require.NoError(t, err)
	require.Equal(t, experiment.Value{Name: "/a:b", V: int64(1)}, v)
	for line, want := range map[string]string{
		"/a:b":                 "read what the pipeline shows: ",
		"# this is for people": "not a value: ",
	} {
		_, err := parse(line)
		require.ErrorContains(t, err, want)
	}
}
