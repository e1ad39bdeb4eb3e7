package queue

import (
	"errors"
	"os"
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

func TestMostSignals(t *testing.T) {
	res, err := experiment.Do(t.Context(), Experiment, experiment.Options{Knobs: map[string]int64{"signals": 10_000}})
	require.NoError(t, err)
	if res.Verdict == experiment.UnmetRun {
		t.Skip(res.Reason)
	}
	require.Equal(t, experiment.Supported, res.Verdict, res.Reason)
}

// wanted is the table in which every case came out as it should.
func wanted(n int) experiment.Table {
	table := experiment.Table{Header: header}
	for _, c := range cases {
		o := c.want
		if o.sent == 0 {
			o.sent, o.queued = n, max(o.queued, 1)
			if c.want.queued == 0 {
				o.queued = n
			}
		}
		if o.received == many {
			o.received = 2
		}
		table.Add(c.name, o.sent, o.refused, o.queued, o.received, o.order)
	}
	return table
}

// Whatever single cell of a case is changed, the check sees it.
func TestEveryCellIsJudged(t *testing.T) {
	const n = 1000
	require.NoError(t, judge(wanted(n), n, true))
	for row := range cases {
		for cell := 1; cell < len(header); cell++ {
			table := wanted(n)
			table.Rows[row][cell] = "4711"
			require.ErrorIs(t, judge(table, n, true), experiment.ErrRefuted, "%s: %s", cases[row].name, header[cell])
		}
		table := wanted(n)
		table.Rows = append(table.Rows[:row], table.Rows[row+1:]...)
		require.ErrorIs(t, judge(table, n, true), experiment.ErrRefuted)
	}
}

// Without a user of their own the receivers share a count with others, and the cases that
// are about the limit may be missing; with one they may not.
func TestSharedUser(t *testing.T) {
	const n = 1000
	table := wanted(n)
	table.Rows[0][3] = "7"
	require.NoError(t, judge(table, n, false))
	require.ErrorIs(t, judge(table, n, true), experiment.ErrRefuted)
	table = wanted(n)
	for i, c := range cases {
		if c.limited {
			for cell := 1; cell < len(header); cell++ {
				table.Rows[i][cell] = unmet
			}
		}
	}
	require.NoError(t, judge(table, n, false))
	err := judge(table, n, true)
	require.Error(t, err)
	require.False(t, errors.Is(err, experiment.ErrRefuted), "it cannot be read")
}

func TestDescribe(t *testing.T) {
	one := func(s syscall.Signal, payload int) arrival { return arrival{s, true, payload} }
	require.Empty(t, describe(nil))
	require.Equal(t, "10 x1: 1, 40 x3: 1..3, 41 x1: none",
		describe([]arrival{one(10, 1), one(40, 1), one(40, 2), one(40, 3), {signal: 41}}))
	require.Equal(t, "40 x2: mixed", describe([]arrival{one(40, 2), one(40, 1)}), "out of order")
	require.Equal(t, "40 x3: mixed", describe([]arrival{one(40, 1), one(40, 3), one(40, 4)}), "one is missing")
	require.Equal(t, "40 x2: mixed", describe([]arrival{one(40, 1), {signal: 40, payload: 2}}), "not queued")
	require.Equal(t, "40 x1: 1, 41 x1: 1, 40 x1: 2", describe([]arrival{one(40, 1), one(41, 1), one(40, 2)}))
}

// A family that is not root has no user of its own, and says so.
func TestFamilyOfAnyUser(t *testing.T) {
	_, isReceiver := ownRole()
	require.False(t, isReceiver)
	require.False(t, (&family{}).private())
	require.True(t, (&family{uid: 1}).private())
	t.Setenv(roleVariable, "nonsense")
	_, isReceiver = ownRole()
	require.False(t, isReceiver)
	require.NoError(t, os.Unsetenv(roleVariable))
}

// What is waited for: every thread, none missing, and each done with the signal.
func TestThreads(t *testing.T) {
	asleep := procfs.Status{State: procfs.Sleeping, Threads: 2}
	halted := procfs.Status{State: procfs.Stopped, Threads: 2}
	require.True(t, every([]procfs.Status{asleep, asleep}, still))
	require.True(t, every([]procfs.Status{asleep, halted}, still))
	require.False(t, every([]procfs.Status{asleep, halted}, stopped))
	require.True(t, every([]procfs.Status{halted, halted}, stopped))
	require.False(t, every([]procfs.Status{asleep}, still), "one is missing")
	require.False(t, every(nil, still))
	for name, change := range map[string]func(*procfs.Status){
		"running":     func(s *procfs.Status) { s.State = procfs.Running },
		"for all":     func(s *procfs.Status) { s.Shared = 1 << (lower - 1) },
		"for it":      func(s *procfs.Status) { s.Pending = 1 << (lower - 1) },
		"in handler":  func(s *procfs.Status) { s.Blocked = ^procfs.Mask(0) },
		"not running": func(s *procfs.Status) { s.State = procfs.Stopped },
	} {
		other := asleep
		require.True(t, done(lower)(other))
		change(&other)
		require.False(t, done(lower)(other), name)
	}
	urged := asleep
	urged.Pending = 1 << (syscall.SIGURG - 1)
	require.False(t, still(urged), "the runtime has sent it a signal, which counts")
}
