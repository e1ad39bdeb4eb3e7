package conformance

import (
	"bytes"
	"compress/gzip"
	"flag"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/internal/child"
	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/experiment/experimenttest"
	"lab.example/gopark/internal/hint"
)

func TestMain(m *testing.M) { experimenttest.Main(m) }

var record = flag.Bool("record", false, "replace the traces in testdata")

// recordings are the traces in testdata, of programs as small as still meet every rule.
// Those for the rules are the run with the most different reasons, the one for the
// search is the run with the most choices.
var recordings = []struct {
	file   string
	name   string
	procs  int
	size   int
	choosy bool
}{
	{"forkjoin", "forkjoin", 2, 7, false},
	{"pipeline", "pipeline", 2, 12, false},
	{"mutex", "mutex", 2, 40, false},
	{"burst", "burst", 2, 1, false},
	{"overflow", "burst", 1, 1, false},
	{"gosched", "gosched", 2, 12, true},
}

// TestRecord replaces the traces in testdata by the best of thirty runs each. What is
// best does not depend on what a mutant, a swap or the control makes of them.
func TestRecord(t *testing.T) {
	if !*record {
		t.Skip("run with -record to replace testdata")
	}
	for _, r := range recordings {
		w, err := Find(r.name)
		require.NoError(t, err)
		w.Size = r.size
		var best []byte
		most := -1
		for range 30 {
			recorded, err := w.Record(r.procs)
			require.NoError(t, err)
			report := explained(t, recorded)
			worth := len(report.ByReason)
			if r.choosy {
				worth = report.Choices
			}
			if len(report.Gaps) == 0 && worth > most {
				best, most = recorded, worth
			}
		}
		require.NotEmpty(t, best, "no run of %s was explained", r.file)
		var packed bytes.Buffer
		z, err := gzip.NewWriterLevel(&packed, gzip.BestCompression)
		require.NoError(t, err)
		_, err = z.Write(best)
		require.NoError(t, err)
		require.NoError(t, z.Close())
		require.NoError(t, os.WriteFile(recording(r.file), packed.Bytes(), 0o644))
	}
}

func recording(name string) string { return filepath.Join("testdata", name+".trace.gz") }

func recorded(t testing.TB, name string) []byte {
	t.Helper()
	f, err := os.Open(recording(name))
	require.NoError(t, err)
	defer f.Close()
	z, err := gzip.NewReader(f)
	require.NoError(t, err)
	b, err := io.ReadAll(z)
	require.NoError(t, err)
	return b
}

func explained(t testing.TB, trace []byte, opts ...Option) Report {
	t.Helper()
	report, err := Explain(bytes.NewReader(trace), opts...)
	require.NoError(t, err)
	return report
}

// TestRecordings holds that every start in the recorded traces has a reason, that all
// the reasons occur, and that the search notices when two goroutines change places.
func TestRecordings(t *testing.T) {
	swaps := 8
	if child.RaceEnabled {
		swaps = 1 // as for TestMutants
	}
	reasons := make(map[Reason]bool)
	caught := 0
	for _, r := range recordings {
		report := explained(t, recorded(t, r.file), WithSwaps(swaps, 1))
		t.Logf("%s: %+v", r.file, report)
		require.Empty(t, report.Gaps, r.file)
		require.Zero(t, report.Stops, r.file)
		require.Equal(t, report.Starts, report.Explained, r.file)
		require.Greater(t, report.Starts, 200, r.file)
		require.Equal(t, r.procs, report.Procs, r.file)
		require.Positive(t, report.Contested, r.file)
		require.Equal(t, swaps, report.Swaps, r.file)
		// Not all: before its first poll, a P may be at any of the 61 ticks, and a start from
		// the global queue in place of one from runnext is as good.
		require.GreaterOrEqual(t, report.Caught, swaps-1, r.file)
		caught += report.Caught
		total := 0
		for reason, n := range report.ByReason {
			reasons[reason] = true
			total += n
		}
		require.Equal(t, report.Starts, total, r.file)
	}
	require.GreaterOrEqual(t, caught, swaps*len(recordings)-2)
	for _, reason := range []Reason{Runnext, Local, Poll, Batch, Steal} {
		require.True(t, reasons[reason], "no recorded trace has a start by %s", reason)
	}
}

// TestMutants holds that no wrong scheduler explains the recorded traces. It looks no
// further than is needed to condemn one.
func TestMutants(t *testing.T) {
	if child.RaceEnabled {
		t.Skip("one goroutine does everything; with the race detector it would need a minute")
	}
	const condemned = 8
	for _, m := range Mutants {
		gaps := 0
		for _, r := range slices.Backward(recordings) {
			h, err := readHistory(bytes.NewReader(recorded(t, r.file)))
			require.NoError(t, err)
			rules := Go126()
			m.Wrong(&rules)
			s := newSearch(h, options{rules: rules}, 16)
			s.limit = condemned - gaps
			found := s.run().cost.gaps
			t.Logf("%-26s %-10s %d without a reason", m.Name, r.file, found)
			if gaps += found; gaps >= condemned {
				break
			}
		}
		require.GreaterOrEqual(t, gaps, condemned, "%s is as good as the real scheduler", m.Name)
	}
}

// TestTimestamps is the control of the search: the order of events alone does not
// explain the trace whose global queue is busy.
func TestTimestamps(t *testing.T) {
	report := explained(t, recorded(t, "gosched"), WithTimestamps())
	require.Less(t, report.Share(), 0.9)
	require.Less(t, report.Starts-report.Explained, report.Starts)
}

// TestLive explains what the runtime does here and now.
func TestLive(t *testing.T) {
	if child.RaceEnabled {
		t.Skip("the race detector makes the runtime choose at random")
	}
	for _, procs := range []int{1, 2} {
		for _, w := range Workloads {
			w.Size = max(2, w.Size*2/3)
			report, err := w.Explain(procs)
			require.NoError(t, err)
			t.Logf("%s: %+v", w.Name, report)
			require.Equal(t, procs, report.Procs)
			require.GreaterOrEqual(t, report.Share(), enough, "%s with %d Ps: %+v", w.Name, procs, report)
		}
	}
}

// TestLiveTimers explains a program in which timers fire all the time: they put their
// goroutines into runnext of whatever P looks at them.
func TestLiveTimers(t *testing.T) {
	if child.RaceEnabled {
		t.Skip("the race detector makes the runtime choose at random")
	}
	w := Workload{Name: "timers", Size: 7, run: func(size int) {
		var stop atomic.Bool
		var wg sync.WaitGroup
		wg.Go(func() {
			for !stop.Load() {
				time.Sleep(20 * time.Microsecond) // this is what is recorded, nothing waits for it
			}
		})
		fork(size)
		stop.Store(true)
		wg.Wait()
	}}
	report, err := w.Explain(2)
	require.NoError(t, err)
	require.GreaterOrEqual(t, report.Share(), enough, "%+v", report)
}

func TestRecordUnderRace(t *testing.T) {
	_, err := Workloads[0].Record(1)
	if child.RaceEnabled {
		require.ErrorIs(t, err, experiment.ErrUnmet)
	} else {
		require.NoError(t, err)
	}
}

func TestExplainRefusesWhatIsNoTrace(t *testing.T) {
	_, err := Explain(bytes.NewReader([]byte("not a trace")))
	require.ErrorContains(t, err, "read trace: ")
	require.NotEmpty(t, hint.Of(err))

	whole := recorded(t, "mutex")
	_, err = Explain(bytes.NewReader(whole[:len(whole)/2]))
	require.ErrorContains(t, err, "read trace: ")

	rules := Go126()
	rules.Poll = 65
	_, err = Explain(bytes.NewReader(whole), WithRules(rules))
	require.ErrorContains(t, err, "Rules.Poll")
}

func TestFind(t *testing.T) {
	w, err := Find("burst")
	require.NoError(t, err)
	require.Equal(t, "burst", w.Name)
	_, err = Find("bursts")
	require.ErrorContains(t, err, `"bursts"`)
	require.Contains(t, hint.Of(err), "gosched")
}

func TestMutantsAreDifferent(t *testing.T) {
	names := make(map[string]bool)
	for _, m := range Mutants {
		names[m.Name] = true
	}
	require.Len(t, slices.Collect(maps.Keys(names)), len(Mutants))
}

// FuzzExplain holds that a damaged trace gives an error or a report, and no panic.
func FuzzExplain(f *testing.F) {
	whole := recorded(f, "pipeline")
	f.Add(whole[:2000])
	f.Add([]byte("go 1.26 trace\x00\x00\x00"))
	f.Fuzz(func(t *testing.T, b []byte) {
		report, err := Explain(bytes.NewReader(b), WithWidth(4))
		if err == nil {
			require.Equal(t, report.Starts, report.Explained+len(report.Gaps))
		}
	})
}

func BenchmarkExplain(b *testing.B) {
	for _, r := range recordings {
		trace := recorded(b, r.file)
		b.Run(r.file, func(b *testing.B) {
			starts := 0
			for b.Loop() {
				starts += explained(b, trace).Starts
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(starts), "ns/start")
		})
	}
}
