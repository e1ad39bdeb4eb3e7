package database

import (
	"context"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/internal/experiment/experimenttest"
)

func TestMain(m *testing.M) { experimenttest.Main(m, Experiment) }

// patiently builds the program. It gives the compiler the time that it needs with an empty
// cache: what a reader is not asked to wait for, the tests wait for.
func patiently(t testing.TB) {
	if err := compiled(); err != nil {
		t.Skip(err)
	}
}

var compiled = sync.OnceValue(func() error {
	p := caller
	p.Limit = 8 * time.Minute
	_, err := p.Build(context.Background(), func(string, ...any) {})
	return err
})

func TestExperiment(t *testing.T) {
	patiently(t)
	experimenttest.Run(t, Experiment)
}

func BenchmarkExperiment(b *testing.B) {
	patiently(b)
	experimenttest.Bench(b, Experiment)
}

func TestEveryCell(t *testing.T) { experimenttest.EveryCell(t, Experiment, "/calls:rows") }

// TestProgram runs the tests of the program, which nobody else does: ./... leaves out what is
// behind a tag.
func TestProgram(t *testing.T) {
	patiently(t)
	out, err := exec.CommandContext(t.Context(), "go", "test", "-tags="+strings.Join(caller.Tags, ","), caller.Package).CombinedOutput()
	require.NoError(t, err, "%s", out)
}
