package sockets

import (
	"testing"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/internal/experiment/experimenttest"
)

func TestMain(m *testing.M) { experimenttest.Main(m, Experiment) }

func TestExperiment(t *testing.T) { experimenttest.Run(t, Experiment) }

func BenchmarkExperiment(b *testing.B) { experimenttest.Bench(b, Experiment) }

// TestJavaAgrees holds that the recorded rows of these channels and sockets are compared with a
// case, and come out so.
func TestJavaAgrees(t *testing.T) {
	java, err := readJava()
	require.NoError(t, err)
	compared := make(map[string]bool)
	for _, c := range cases {
		if c.row != "" {
			require.Contains(t, java, c.row)
			require.Equal(t, javaRow{c.want.outcome, c.want.flag}, java[c.row], c.row)
			compared[c.row] = true
		}
	}
	require.Len(t, compared, 8)
}

func TestEveryCell(t *testing.T) { experimenttest.EveryCell(t, Experiment, "/cases:rows") }
