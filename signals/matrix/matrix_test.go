package matrix

import (
	"os"
	"slices"
	"strconv"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/experiment/experimenttest"
	"lab.example/gopark/internal/procfs"
)

func TestMain(m *testing.M) { experimenttest.Main(m, Experiment) }

func TestExperiment(t *testing.T) { experimenttest.Run(t, Experiment) }

func BenchmarkExperiment(b *testing.B) { experimenttest.Bench(b, Experiment) }

// Every signal is of one kind, and every kind says what it does in every mode.
func TestKindsAreComplete(t *testing.T) {
	seen := make(map[int]int)
	for _, k := range kinds {
		require.Len(t, k.fates, len(modes))
		for _, s := range k.signals {
			seen[int(s)]++
		}
	}
	for s := 1; s <= int(last); s++ {
		require.Equal(t, 1, seen[s], "signal %d", s)
	}
	require.Len(t, seen, int(last))
}

// expectedTable is the matrix as kinds has it.
func expectedTable() experiment.Table {
	table := experiment.Table{Header: header()}
	for i := range int(last) {
		table.Rows = append(table.Rows, nil)
		for _, k := range kinds {
			for _, s := range k.signals {
				if int(s) == i+1 {
					table.Rows[i] = append([]string{strconv.Itoa(i + 1), name(s)}, k.fates...)
				}
			}
		}
	}
	return table
}

// Whatever single cell is changed, the check sees it.
func TestEveryCellIsJudged(t *testing.T) {
	require.NoError(t, judge(expectedTable()))
	for row := range expectedTable().Rows {
		for column := range modes {
			table := expectedTable()
			table.Rows[row][2+column] = "exit-1"
			require.ErrorIs(t, judge(table), experiment.ErrRefuted, "signal %d in mode %d", row+1, column)
		}
	}
	require.ErrorIs(t, judge(experiment.Table{}), experiment.ErrRefuted)
}

func TestGroups(t *testing.T) {
	table := experiment.Table{Header: []string{"signal", "name", "one", "two"}}
	for s, fate := range []string{"a", "a", "b", "a", "a", "a", "b"} {
		table.Add(s+1, "x", fate, "same")
	}
	require.Equal(t, []string{"signals | one | two", "1 2 4-6 | a | same", "3 7 | b | same"}, groups(table).Lines())
	require.Empty(t, ranges(nil))
	require.Equal(t, "7", ranges([]string{"7"}))
}

// A process is at rest when every thread is: a thread that runs, that is in a handler or
// that has the signal yet to take keeps it from being so, and one that is missing too.
func TestAtRest(t *testing.T) {
	asleep := procfs.Status{State: procfs.Sleeping, Threads: 2}
	with := func(change func(*procfs.Status)) []procfs.Status {
		other := asleep
		change(&other)
		return []procfs.Status{asleep, other}
	}
	const s = 10
	require.Equal(t, procfs.Sleeping, common(with(func(*procfs.Status) {}), s))
	for name, tasks := range map[string][]procfs.Status{
		"nobody":     nil,
		"running":    with(func(o *procfs.Status) { o.State = procfs.Running }),
		"in disk":    with(func(o *procfs.Status) { o.State = procfs.Disk }),
		"in handler": with(func(o *procfs.Status) { o.Blocked = ^procfs.Mask(0) }),
		"to come":    with(func(o *procfs.Status) { o.Pending = 1 << (s - 1) }),
		"stopping":   with(func(o *procfs.Status) { o.State = procfs.Stopped }),
		"missing":    {asleep},
	} {
		require.Zero(t, common(tasks, s), name)
	}
	all := with(func(o *procfs.Status) { o.State = procfs.Stopped })
	all[0].State = procfs.Stopped
	require.Equal(t, procfs.Stopped, common(all, s))
}

func TestPart(t *testing.T) {
	want := part{mode: 3, oneShot: true}
	t.Setenv(subjectVariable, want.String())
	p, ok := subjectPart()
	require.True(t, ok)
	require.Equal(t, want, p)
	require.NoError(t, os.Unsetenv(subjectVariable))
	_, ok = subjectPart()
	require.False(t, ok)
	require.True(t, slices.ContainsFunc(modes, func(m mode) bool { return m.name == "Notify" }), "handlers looks for it")
}

// A signal that came while the subject prepared itself is not taken for the one that is sent
// later: SIGURG comes when the runtime likes.
func TestReadyIsEmpty(t *testing.T) {
	stray := mode{"stray", func(s syscall.Signal, c chan<- os.Signal) { c <- s }}
	require.Empty(t, stray.ready(syscall.SIGURG))
}
