package realrun

import (
	"bytes"
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/scheduler/model"
)

// TestSoak compares some programs of every class with the runtime.
func TestSoak(t *testing.T) {
	available(t)
	for _, c := range Classes {
		t.Run(c.Name, func(t *testing.T) {
			n := min(c.batch, 200)
			if c.batch < 100 {
				n = c.batch / 2
			}
			var progress bytes.Buffer
			report, err := Soak(t.Context(), SoakOptions{N: n, Seed: 3_000_000, Classes: []Class{c}, Progress: &progress})
			require.NoError(t, err)
			t.Logf("%s", report)
			tally := report.Classes[c.Name]
			require.Equal(t, n, tally.Programs)
			require.Zero(t, tally.Wrong, "%s", report)
			require.Greater(t, tally.Events+len(tally.Invalid), n, "programs that do nothing show nothing")
			require.Contains(t, progress.String(), c.Name+": ")
			if !report.Exact() {
				t.Skip("none of them could be measured now")
			}
		})
	}
}

// TestSoakFindsAWrongModel is the control of TestSoak: a model that is wrong is found
// out, and the program that shows it is made small.
func TestSoakFindsAWrongModel(t *testing.T) {
	available(t)
	c, err := ClassNamed("small")
	require.NoError(t, err)
	report, err := Soak(t.Context(), SoakOptions{N: 10, Seed: 1, Classes: []Class{c}, Rules: model.Rules{Quirks: model.GoToTail}})
	require.NoError(t, err)
	require.False(t, report.Exact())
	require.Positive(t, report.Classes["small"].Wrong)
	require.NotEmpty(t, report.Mismatches)
	require.LessOrEqual(t, len(report.Mismatches), keptMismatches)
	for _, m := range report.Mismatches {
		goroutines, _ := extent(m.Program)
		require.LessOrEqual(t, goroutines, 4, "%s", m)
	}
}

func TestSoakEndsWithItsContext(t *testing.T) {
	available(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	report, err := Soak(ctx, SoakOptions{})
	require.NoError(t, err)
	require.False(t, report.Exact(), "nothing was compared")
}

func TestReportExact(t *testing.T) {
	require.False(t, (&Report{}).Exact())
	require.True(t, (&Report{Classes: map[string]*Tally{"a": {Exact: 1}}}).Exact())
	require.False(t, (&Report{Classes: map[string]*Tally{"a": {Exact: 1}, "b": {Wrong: 1}}}).Exact())
}

// TestReportSaysWhatWasCompared holds that nobody takes less for more.
func TestReportSaysWhatWasCompared(t *testing.T) {
	tally := &Tally{Programs: 2, Events: 30, Exact: 2}
	require.Contains(t, tally.String(), "2 programs, 30 events, ")
	tally.States = 20
	require.Contains(t, tally.String(), "2 programs, 30 events (20 with the state), ")
	tally.States = 30
	require.Contains(t, tally.String(), "2 programs, 30 events with the state, ")
	require.Contains(t, (&Report{Unread: "it was not read"}).String(), "it was not read\n")

	require.Equal(t, "it was not read", Compared(Run{Unread: "it was not read"}))
	require.Contains(t, Compared(Run{States: make([]State, 3)}), "the runtime's state was compared at ")
	require.Contains(t, Compared(Run{}), "not read")
}

// TestKill holds that every wrong model is found out by the corpus.
func TestKill(t *testing.T) {
	available(t)
	corpus := Corpus()
	deaths, err := Kill(t.Context(), corpus, append([]Mutant{{Name: "is right"}}, Mutants...))
	require.NoError(t, err)
	require.Nil(t, deaths[0].First, "the control: who is right lives")
	for _, d := range deaths[1:] {
		if d.First == nil && d.Programs < len(corpus)*9/10 {
			t.Skipf("only %d of %d programs could be measured now", d.Programs, len(corpus))
		}
		require.NotNil(t, d.First, "%s", d)
		t.Log(d)
	}
}

// BenchmarkDo is the cost of a small program on the real runtime, with everything that
// prepares and ends it, and its share of a process.
func BenchmarkDo(b *testing.B) {
	if err := Available(); err != nil {
		b.Skip(err)
	}
	const programs = 1000
	var requests []Request
	for seed := range uint64(programs) {
		requests = append(requests, Generate(Classes[0], seed))
	}
	for b.Loop() {
		if _, err := Do(b.Context(), requests); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*programs), "µs/program")
}
