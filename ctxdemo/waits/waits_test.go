package waits

import (
	"testing"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/internal/experiment/experimenttest"
)

func TestMain(m *testing.M) { experimenttest.Main(m, Experiment) }

func TestExperiment(t *testing.T) { experimenttest.Run(t, Experiment) }

func BenchmarkExperiment(b *testing.B) { experimenttest.Bench(b, Experiment) }

func TestNamesAreUnique(t *testing.T) {
	names := make(map[string]bool)
	for _, op := range operations {
		require.False(t, names[op.name], op.name)
		require.NotContains(t, op.name, "|")
		names[op.name] = true
		require.Equal(t, op.while != nil, op.at != "", "%s: somebody who waits must be found", op.name)
	}
}

// TestJavaAgrees holds that the recorded rows of these operations are compared with a case, each
// with one, and that the only one which comes out otherwise is that of an operation which is not
// the library's.
func TestJavaAgrees(t *testing.T) {
	java, err := readJava()
	require.NoError(t, err)
	var differs []string
	compared := make(map[string]bool)
	for _, c := range cases() {
		if c.want.row == "" {
			continue
		}
		require.Contains(t, java, c.want.row)
		require.False(t, compared[c.want.row], c.want.row)
		compared[c.want.row] = true
		if java[c.want.row] != c.want.ending {
			differs = append(differs, c.name)
		}
	}
	require.Len(t, compared, 29)
	require.Equal(t, []string{"sync.Cond.Wait"}, differs)
}

func TestEveryCell(t *testing.T) { experimenttest.EveryCell(t, Experiment, "/operations:rows") }
