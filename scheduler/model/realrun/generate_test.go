package realrun

import (
	"encoding/json"
	"hash/crc32"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/internal/hint"
	"lab.example/gopark/scheduler/model"
)

func TestGenerate(t *testing.T) {
	for _, c := range Classes {
		t.Run(c.Name, func(t *testing.T) {
			seeds := uint64(100)
			if c.goroutines > 1000 {
				seeds = 5
			}
			for seed := range seeds {
				r := Generate(c, seed)
				require.NoError(t, r.Program.Validate())
				require.Less(t, r.Tick0, uint32(period))
				require.Equal(t, r, Generate(c, seed))

				// The bounds hold, and nothing in it is fatal: it would kill the process.
				result, err := model.Run(t.Context(), r.Program, model.Config{Tick0: r.Tick0})
				require.NoError(t, err)
				require.LessOrEqual(t, result.Goroutines, c.goroutines)
				require.LessOrEqual(t, result.Events, c.events)
				require.False(t, strings.HasPrefix(result.Status, "fatal"), "%s\n%s", result.Status, r.Program)
			}
		})
	}
}

// TestGenerateIsTheSameEverywhere holds that a seed means the same program on every
// machine and in every build.
func TestGenerateIsTheSameEverywhere(t *testing.T) {
	sums := map[string]uint32{}
	for _, c := range Classes {
		text, err := json.Marshal(Generate(c, 1).Program)
		require.NoError(t, err)
		sums[c.Name] = crc32.ChecksumIEEE(text)
	}
	require.Equal(t, map[string]uint32{
		"small": 0xf7992e91, "sync": 0xf5bce63d, "long": 0x1bec9ce4, "overflow": 0xd6ebd634,
		"overflowsync": 0x479a4b1c, "huge": 0x241df76f, "select": 0x3f0e5561, "threads": 0xf6ef4bc4,
	}, sums)
}

func TestClassNamed(t *testing.T) {
	c, err := ClassNamed("overflow")
	require.NoError(t, err)
	require.Equal(t, "overflow", c.Name)
	_, err = ClassNamed("overflw")
	require.Error(t, err)
	require.Equal(t, "did you mean overflow?", hint.Of(err))
}

// TestExtent holds that the bounds are bounds: no more is created or done.
func TestExtent(t *testing.T) {
	goroutines, events := extent(classic(10))
	require.Equal(t, 11, goroutines)
	require.Equal(t, 42, events)
	goroutines, _ = extent(&model.Program{Procs: [][]model.Op{ops(times(1<<31, times(1<<31, do(model.Go, 1)))), ops()}})
	require.Greater(t, goroutines, 1<<29, "it does not overflow")
}
