package stealing

import (
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/internal/experiment/experimenttest"
	"lab.example/gopark/internal/timeline"
)

func TestMain(m *testing.M) { experimenttest.Main(m, Experiment) }

func TestExperiment(t *testing.T) { experimenttest.Run(t, Experiment) }

// TestOrder holds the law at the sizes that can be followed on paper, and that it
// neither loses a goroutine nor runs one twice.
func TestOrder(t *testing.T) {
	require.Equal(t, []int64{0}, order(1))
	require.Equal(t, []int64{0, 1}, order(2))
	require.Equal(t, []int64{0, 1, 2}, order(3))
	require.Equal(t, []int64{1, 0, 2, 3}, order(4), "of three in the ring, two are taken")
	require.Equal(t, []int64{7, 0, 1, 2, 3, 4, 5, 6, 11, 8, 9, 10, 13, 12, 14, 15, 16}, order(17))
	for n := 1; n <= 257; n++ {
		sorted := slices.Sorted(slices.Values(order(n)))
		for i, number := range sorted {
			require.Equal(t, int64(i), number)
		}
		require.Len(t, sorted, n)
	}
}

// TestModel holds that the steps of the model amount to the law.
func TestModel(t *testing.T) {
	for n := 1; n <= 257; n++ {
		ran, stolen, err := modelled(t.Context(), n)
		require.NoError(t, err)
		require.Equal(t, order(n), ran)
		require.EqualValues(t, n, stolen)
	}
}

// TestNumbered: what the trace itself and others create is not taken for ours.
func TestNumbered(t *testing.T) {
	text := `1ms observed G20 NotExist->Runnable on=P0 by=G1
2ms observed G31 NotExist->Runnable on=P1 by=G2
3ms observed G21 NotExist->Runnable on=P0 by=G1
4ms observed G22 NotExist->Runnable on=P0 by=G1
5ms observed G22 Runnable->Running on=P1`
	var events []timeline.Event
	for line := range strings.SplitSeq(text, "\n") {
		e, err := timeline.Parse(line)
		require.NoError(t, err)
		events = append(events, e)
	}
	require.Equal(t, map[timeline.Subject]int{timeline.G(21): 0, timeline.G(22): 1}, numbered(events, 2))
	require.Empty(t, numbered(nil, 2))
}

func BenchmarkExperiment(b *testing.B) { experimenttest.Bench(b, Experiment) }

// BenchmarkSteal is the time from the creation of the first goroutine to the run of the
// last, for each of them, when all are stolen.
func BenchmarkSteal(b *testing.B) {
	if runtime.GOMAXPROCS(0) != 2 {
		b.Skip("needs -cpu 2")
	}
	const n = 256
	var total time.Duration
	for b.Loop() {
		_, took := oneVictim(n)
		total += took
	}
	b.ReportMetric(float64(total.Nanoseconds())/float64(b.N)/n, "ns/goroutine")
}
