package values

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/internal/experiment/experimenttest"
)

func TestMain(m *testing.M) { experimenttest.Main(m, Experiment) }

func TestExperiment(t *testing.T) { experimenttest.Run(t, Experiment) }

func BenchmarkExperiment(b *testing.B) { experimenttest.Bench(b, Experiment) }

func TestEveryCell(t *testing.T) { experimenttest.EveryCell(t, Experiment, "/cases:rows") }

func TestBelow(t *testing.T) {
	ctx, cancel := below(3)
	require.Equal(t, "above", ctx.Value(otherKey{}))
	require.Equal(t, 2, ctx.Value(key{}))
	require.NoError(t, ctx.Err())
	cancel()
	require.Equal(t, context.Canceled, ctx.Err())
}

func BenchmarkLook(b *testing.B) {
	for _, depth := range []int{1, 8, 64, 256} {
		ctx, cancel := below(depth)
		defer cancel()
		b.Run(fmt.Sprintf("value/depth=%d", depth), func(b *testing.B) {
			for b.Loop() {
				ctx.Value(otherKey{})
			}
		})
		b.Run(fmt.Sprintf("err/depth=%d", depth), func(b *testing.B) {
			for b.Loop() {
				_ = ctx.Err()
			}
		})
	}
}
