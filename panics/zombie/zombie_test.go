package zombie

import (
	"context"
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
	p.Limit = 8 * time.Minute
	return p.Build(context.Background(), func(string, ...any) {})
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
	p := pipeline
	p.Env, p.Limit = leakProfile, 5*time.Second
	name, err := p.Build(t.Context(), t.Logf)
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
