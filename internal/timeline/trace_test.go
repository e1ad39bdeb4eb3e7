package timeline

import (
	"bytes"
	"flag"
	"io"
	"iter"
	"os"
	"runtime"
	"runtime/trace"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/internal/hint"
)

// The tests that record a trace must not be parallel: a process has one at a time.

var update = flag.Bool("update", false, "record testdata/wake.trace again; use -trimpath, so that it names no folder of yours")

// record returns the trace of what body does.
func record(t *testing.T, body func()) []byte {
	var buf bytes.Buffer
	require.NoError(t, trace.Start(&buf))
	defer trace.Stop() // again, in case that body fails
	body()
	trace.Stop()
	return buf.Bytes()
}

// wake is a program of two goroutines: the parent starts the child, which blocks on a
// channel until the parent sends to it. It returns who they are.
func wake(t *testing.T) (parent, child Subject) {
	synctest.Test(t, func(t *testing.T) {
		parent = self()
		messages := make(chan Subject)
		go func() {
			<-messages
			messages <- self()
		}()
		synctest.Wait() // the child is blocked now
		messages <- parent
		child = <-messages
		synctest.Wait() // the child is gone now
	})
	return parent, child
}

// self returns the goroutine that calls it.
func self() Subject {
	header := make([]byte, 64)
	header = header[:runtime.Stack(header, false)]
	return Subject{Goroutine, strings.Fields(string(header))[1]} // "goroutine 7 [running]:"
}

func TestFromTraceSeesOneGoroutineWakeAnother(t *testing.T) {
	var parent, child Subject
	data := record(t, func() { parent, child = wake(t) })
	events, err := FromTrace(bytes.NewReader(data), func(e Event) bool { return e.Subject == child })
	require.NoError(t, err)

	// The scheduler may stop the child at any time: what is expected comes in this
	// order, with anything in between.
	rest := events
	for _, want := range []Event{
		{From: NotExist, To: Runnable, Attrs: []Attr{{"by", parent.String()}}},
		{From: Runnable, To: Running},
		{From: Running, To: Waiting, Attrs: []Attr{{"reason", "chan receive"}}},
		{From: Waiting, To: Runnable, Attrs: []Attr{{"by", parent.String()}}},
		{From: Runnable, To: Running},
		{From: Running, To: NotExist},
	} {
		i := slices.IndexFunc(rest, func(e Event) bool {
			return e.From == want.From && e.To == want.To && e.Attr("by") == want.Attr("by") &&
				(e.Attr("reason") == want.Attr("reason") || want.Attrs == nil)
		})
		require.GreaterOrEqual(t, i, 0, "no %s->%s %v in\n%s", want.From, want.To, want.Attrs, text(events))
		require.Regexp(t, `^P\d+$`, rest[i].Attr("on"))
		rest = rest[i+1:]
	}
	require.Empty(t, rest, "a goroutine that is gone does nothing")
}

// busy takes goroutines and Ps through every state that a trace knows.
func busy() {
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			numbers := make(chan int)
			go func() {
				defer close(numbers)
				for n := range 20 {
					numbers <- n
					runtime.Gosched()
				}
			}()
			for range numbers {
			}
		})
		wg.Go(func() {
			r, w, err := os.Pipe()
			if err != nil {
				return
			}
			wg.Go(func() { w.Close() })
			_, _ = io.ReadAll(r)
			r.Close()
			runtime.GC()
		})
		wg.Go(func() {
			next, stop := iter.Pull(slices.Values([]int{1, 2})) // a coroutine: no channel, no queue
			next()
			stop()
		})
	}
	wg.Wait()
	<-time.After(time.Millisecond) // nothing can run: the Ps go idle
}

func TestBoardAcceptsEveryTrace(t *testing.T) {
	// A second reader makes the runtime start new sections of the trace, in each of which
	// it reports the states of everybody once more.
	recorder := trace.NewFlightRecorder(trace.FlightRecorderConfig{})
	require.NoError(t, recorder.Start())
	defer recorder.Stop()
	data := record(t, func() {
		for range 3 {
			busy()
			_, err := recorder.WriteTo(io.Discard)
			require.NoError(t, err)
		}
	})
	events, err := FromTrace(bytes.NewReader(data), nil)
	require.NoError(t, err)
	require.Zero(t, events[0].At)

	var (
		b    Board
		at   time.Duration
		seen = make(map[Kind][]State)
	)
	for _, e := range events {
		require.NoError(t, e.Validate())
		require.NoError(t, b.Apply(e), e)
		if e.Provenance != Observed || e.From == e.To || e.At < at {
			require.Fail(t, "not an observed change after the one before", e.String())
		}
		at = e.At
		seen[e.Subject.Kind] = append(seen[e.Subject.Kind], e.To)
	}
	require.Subset(t, seen[Goroutine], States[Goroutine])
	require.Subset(t, seen[Proc], []State{Running, Idle})
}

// testdata/wake.trace is a trace of wake by Go 1.26, and testdata/wake.txt what
// FromTrace makes of it.
func TestFromTraceGolden(t *testing.T) {
	if *update {
		data := record(t, func() { wake(t) })
		require.NoError(t, os.WriteFile("testdata/wake.trace", data, 0o644))
		events, err := FromTrace(bytes.NewReader(data), nil)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile("testdata/wake.txt", []byte(text(events)), 0o644))
	}
	want, err := os.ReadFile("testdata/wake.txt")
	require.NoError(t, err)
	events, err := FromTrace(bytes.NewReader(golden(t)), nil)
	require.NoError(t, err)
	require.Equal(t, string(want), text(events))
}

func TestFromTraceKeeps(t *testing.T) {
	all, err := FromTrace(bytes.NewReader(golden(t)), nil)
	require.NoError(t, err)
	isProc := func(e Event) bool { return e.Subject.Kind == Proc }
	procs, err := FromTrace(bytes.NewReader(golden(t)), isProc)
	require.NoError(t, err)
	require.NotEmpty(t, procs)
	require.Equal(t, slices.DeleteFunc(all, func(e Event) bool { return !isProc(e) }), procs)

	none, err := FromTrace(bytes.NewReader(golden(t)), func(Event) bool { return false })
	require.NoError(t, err)
	require.Empty(t, none)
}

func TestFromTraceDoesNotHideAPanicOfKeep(t *testing.T) {
	require.PanicsWithValue(t, "mine", func() {
		_, _ = FromTrace(bytes.NewReader(golden(t)), func(Event) bool { panic("mine") })
	})
}

func TestFromTraceRefusesOtherFiles(t *testing.T) {
	for data, message := range map[string]string{
		"":                          "read trace: bad file format",
		"0s observed G1 ->Running":  "read trace: bad file format",
		traceHeader:                 "read trace: it is empty",
		"go 1.99 trace\x00\x00\x00": "read trace: ",
	} {
		events, err := FromTrace(strings.NewReader(data), nil)
		require.ErrorContains(t, err, message, "%q", data)
		require.NotContains(t, err.Error(), "\n")
		require.NotEmpty(t, hint.Of(err))
		require.Empty(t, events)
	}
}

func TestFromTraceRefusesATraceThatIsCutOff(t *testing.T) {
	whole := golden(t)
	all, err := FromTrace(bytes.NewReader(whole), nil)
	require.NoError(t, err)
	for n := 0; n < len(whole); n += 13 { // all of them take seconds, and find no more
		events, err := FromTrace(bytes.NewReader(whole[:n]), nil)
		require.Error(t, err, "the first %d of %d bytes", n, len(whole))
		require.NotEmpty(t, hint.Of(err))
		require.True(t, strings.HasPrefix(text(all), text(events)))
	}
}

func TestFromTraceSurvivesDamage(t *testing.T) {
	whole := golden(t)
	for i := 0; i < len(whole); i += 13 {
		damaged := slices.Clone(whole)
		damaged[i] ^= 1 << (i % 8)
		events, err := FromTrace(bytes.NewReader(damaged), nil)
		require.True(t, err != nil || len(events) > 0, "byte %d", i)
	}
}

// FromTrace never panics, and what it returns is a timeline.
func FuzzFromTrace(f *testing.F) {
	whole := golden(f)
	f.Add(whole)
	f.Add(whole[:len(whole)/2])
	for _, version := range []string{"1.11", "1.19", "1.21", "1.22", "1.23", "1.25", "1.26"} {
		f.Add([]byte("go " + version + " trace\x00\x00\x00" + string(whole[len(traceHeader):200])))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		events, err := FromTrace(bytes.NewReader(data), nil)
		require.True(t, err != nil || len(events) > 0)
		if err != nil {
			require.NotContains(t, err.Error(), "\n")
		}
		for _, e := range events {
			again, err := Parse(e.String())
			require.NoError(t, err)
			require.Equal(t, e, again)
		}
	})
}

func golden(t testing.TB) []byte {
	data, err := os.ReadFile("testdata/wake.trace")
	require.NoError(t, err)
	return data
}

// text is the text form of events, one a line.
func text(events []Event) string {
	var b strings.Builder
	for _, e := range events {
		b.WriteString(e.String() + "\n")
	}
	return b.String()
}

func BenchmarkFromTrace(b *testing.B) {
	var buf bytes.Buffer
	require.NoError(b, trace.Start(&buf))
	numbers := make(chan int)
	go func() {
		defer close(numbers)
		for n := range 20_000 {
			numbers <- n
		}
	}()
	for range numbers {
	}
	trace.Stop()

	b.SetBytes(int64(buf.Len()))
	total := 0
	for b.Loop() {
		events, err := FromTrace(bytes.NewReader(buf.Bytes()), nil)
		require.NoError(b, err)
		total += len(events)
	}
	b.ReportMetric(float64(total)/b.Elapsed().Seconds(), "events/s")
}
