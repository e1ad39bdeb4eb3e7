package schedtrace

import (
	"errors"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/experiment/experimenttest"
	"lab.example/gopark/internal/timeline"
)

func TestMain(m *testing.M) { experimenttest.Main(m, Experiment) }

func TestExperiment(t *testing.T) { experimenttest.Run(t, Experiment) }

// TestPicture holds that as many are drawn as counted as the runtime printed, less those
// that are not drawn, and that the one that is not counted runs first, before the others in
// the order of their creation.
func TestPicture(t *testing.T) {
	experimenttest.Picture(t, Experiment, requireRing,
		map[string]int64{"goroutines": 1}, map[string]int64{"goroutines": 10}, map[string]int64{"goroutines": 257})
}

func requireRing(t *testing.T, o experiment.Observations) {
	t.Helper()
	var seen observed
	require.NoError(t, o.Decode(&seen))
	var board timeline.Board
	var ring, counted, ran []timeline.Subject
	for _, e := range o.Events {
		require.NoError(t, board.Apply(e))
		switch {
		case e.From == timeline.NotExist:
			ring = append(ring, e.Subject)
		case e.Attr("counted") != "":
			require.Equal(t, timeline.Inferred, e.Provenance)
			require.Empty(t, ran)
			counted = append(counted, e.Subject)
		case e.To == timeline.Running:
			require.Equal(t, timeline.Observed, e.Provenance)
			ran = append(ran, e.Subject)
		}
	}
	require.Len(t, ring, min(shown, int(seen.Ready)))
	require.Len(t, counted, int(seen.Local[0]-seen.Ready)+len(ring))
	newest := timeline.G(int(seen.Ready) - 1)
	require.NotContains(t, counted, newest)
	require.Equal(t, append([]timeline.Subject{newest}, counted...), ran)
}

// printed returns lines as programs with two Ps print them, put together by hand so that
// every oddity is there: both forms, lines of the program between them, one line cut off
// at the front and two at the end.
func printed(t testing.TB) string {
	t.Helper()
	text, err := os.ReadFile("testdata/printed.txt")
	require.NoError(t, err)
	return string(text)
}

func TestParse(t *testing.T) {
	all, err := Parse(strings.NewReader(printed(t)))
	require.NoError(t, err)
	require.Len(t, all, 3)
	require.Equal(t, Snapshot{
		At: 38 * time.Millisecond, Procs: 2, Threads: 5, NeedSpinning: 1, IdleThreads: 2,
		LocalQueues: []int{1, 0}, SchedTicks: []int{1477, 23},
	}, all[0])

	d := all[1].Detail
	require.NotNil(t, d)
	require.Nil(t, all[1].LocalQueues)
	require.False(t, d.SysmonWait)
	require.Equal(t, P{ID: 1, Status: 1, SchedTick: 5, M: 0, Queue: 1, Timers: 1}, d.Ps[1])
	require.Equal(t, M{ID: 1, P: None, G: None, PreemptOff: "GC worker init", Locks: 2, LockedG: None}, d.Ms[2])
	require.Equal(t, G{ID: 7, Status: 4, Reason: "GC worker (idle)", M: None, LockedM: None}, d.Gs[1])
	require.Equal(t, G{ID: 17, Status: 1 | Scanning, M: None, LockedM: 3}, d.Gs[2])
	require.Len(t, d.Gs, 3, "the line that was cut off is not there")
	require.Equal(t, []string{"running", "runnable, scanned", "unknown status 2", "unknown status 77"},
		[]string{d.Ps[1].Status.String(), d.Gs[2].Status.String(), PStatus(2).String(), GStatus(77).String()})
	require.Nil(t, all[2].Detail)
}

// TestRoundTrip: the lines come back as they were printed.
func TestRoundTrip(t *testing.T) {
	text := printed(t)
	all, err := Parse(strings.NewReader(text))
	require.NoError(t, err)
	for _, s := range all {
		for line := range strings.Lines(s.String()) {
			require.Contains(t, text, line)
		}
	}
}

func TestNotOurs(t *testing.T) {
	for _, line := range []string{
		"", "hello", "SCHED ", "SCHED 1ms: ", "SCHED xms: gomaxprocs=1",
		"SCHED 0ms: gomaxprocs=8 idleprocs=5 threads=5 spinningthreads=1 needspinning=0 idlethreads=0 runqueue=0 [0 0 0 0 0 0 0 0]",
		"SCHED 0ms: gomaxprocs=1 idleprocs=0 threads=3 spinningthreads=1 needspinning=0 idlethreads=0 runqueue=0 [ 0 ] schedticks=[ 0 ] more",
	} {
		_, err := ParseHead(line)
		require.ErrorContains(t, err, "not such a line", line)
	}
	for _, line := range []string{
		"", "  P", "  P0: ", "  X0: status=1", "  G1: status=1 m=nil lockedm=nil", "  G1: status=1( m=nil lockedm=nil",
		"  P0: status=1 schedtick=-4 syscalltick=0 m=0 runqsize=1 gfreecnt=0 timerslen=0",
		"  M0: p=1 curg=20 mallocing=0 throwing=0 preemptoff= locks=0 dying=0 spinning=maybe blocked=false lockedg=nil",
	} {
		s := Snapshot{Detail: new(Detail)}
		require.ErrorContains(t, s.add(line), "not such a line", line)
		require.Equal(t, Detail{}, *s.Detail)
	}
	broken := errors.New("broken")
	_, err := Parse(iotest.ErrReader(broken))
	require.ErrorIs(t, err, broken)
}

// TestFields: every name that the runtime prints is explained, and no other.
func TestFields(t *testing.T) {
	all, err := Parse(strings.NewReader(printed(t)))
	require.NoError(t, err)
	names := make(map[string]bool)
	for _, s := range all {
		for line := range strings.Lines(s.String()) {
			kind := strings.TrimSpace(line)[:1]
			if kind == "S" {
				kind = "SCHED"
			}
			for word := range strings.FieldsSeq(line) {
				if name, _, ok := strings.Cut(word, "="); ok {
					names[kind+" "+name] = true
				}
			}
		}
	}
	for _, f := range Fields {
		require.NotEmpty(t, f.Doc)
		require.True(t, names[f.Line+" "+f.Name], "%s %s is explained and never printed", f.Line, f.Name)
		delete(names, f.Line+" "+f.Name)
	}
	require.Empty(t, names, "printed and not explained")
}

// FuzzParse: nothing makes it panic, and what it understands it can print and read
// again.
func FuzzParse(f *testing.F) {
	f.Add(printed(f))
	for line := range strings.Lines(printed(f)) {
		f.Add(line)
	}
	f.Fuzz(func(t *testing.T, text string) {
		all, err := Parse(strings.NewReader(text))
		require.NoError(t, err)
		for _, s := range all {
			again, err := Parse(strings.NewReader(s.String()))
			require.NoError(t, err)
			require.True(t, slices.EqualFunc([]Snapshot{s}, again, func(a, b Snapshot) bool { return reflect.DeepEqual(a, b) }), s.String())
		}
	})
}

func BenchmarkExperiment(b *testing.B) { experimenttest.Bench(b, Experiment) }

func BenchmarkParse(b *testing.B) {
	text := printed(b)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		_, _ = Parse(strings.NewReader(text))
	}
}
