package request

import (
	"context"
	"path"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/experiment/experimenttest"
	"lab.example/gopark/internal/timeline"
)

func TestMain(m *testing.M) { experimenttest.Main(m, Experiment) }

func TestExperiment(t *testing.T) { experimenttest.Run(t, Experiment) }

func BenchmarkExperiment(b *testing.B) { experimenttest.Bench(b, Experiment) }

func TestEveryCell(t *testing.T) {
	experimenttest.EveryCell(t, Experiment, "/before:rows", "/after:rows", "/end:rows")
}

// TestPicture holds that who has ended is drawn with the cause that package context gives, and
// that only calls are drawn as observed.
func TestPicture(t *testing.T) {
	experimenttest.Picture(t, Experiment, func(t *testing.T, o experiment.Observations) {
		var seen observed
		require.NoError(t, o.Decode(&seen))
		drawn := make(map[string]timeline.Event)
		for _, e := range o.Events {
			require.True(t, strings.HasPrefix(e.Subject.ID, server), e)
			drawn[path.Base(e.Subject.ID)] = e
		}
		require.Len(t, drawn, len(everybody))
		for _, table := range []experiment.Table{seen.After, seen.End} {
			for _, row := range table.Rows {
				if row[1] == "nil" { // it ends later, or not at all
					continue
				}
				e := drawn[row[0]]
				require.Equal(t, timeline.Canceled, e.To, row)
				require.Equal(t, row[2], e.Attr("cause"), row)
				require.Equal(t, row[4], string(e.Provenance), row)
			}
		}
	})
}

// TestCut holds that the check looks at the events: none of the last ones can be missing.
func TestCut(t *testing.T) {
	cases, err := experimenttest.Recorded("testdata")
	require.NoError(t, err)
	for _, c := range cases {
		for n := range c.Observations.Events {
			if c.Supports {
				cut := c.Observations
				cut.Events = cut.Events[:n]
				require.ErrorIs(t, Experiment.Check(cut), experiment.ErrRefuted)
			}
		}
	}
}

// TestGivesUp holds that a run which is stopped says what it was waiting for, and leaves nobody
// behind.
func TestGivesUp(t *testing.T) {
	q := grow()
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errGone)
	err := q.waiters.settle(ctx, 99)
	require.ErrorIs(t, err, errGone)
	require.ErrorContains(t, err, "wait until all is quiet")
	require.ErrorIs(t, within(ctx, nil), errGone)
	q.leave()
}

func TestBatch(t *testing.T) {
	first, leaveFirst := context.WithTimeout(context.WithValue(t.Context(), userKey{}, "ann"), generous)
	second, leaveSecond := context.WithCancel(t.Context())
	b := newBatch(first, second)
	_, limited := b.Deadline()
	require.False(t, limited)
	require.Equal(t, "ann", b.Value(userKey{}))
	leaveFirst()
	require.NoError(t, b.Err())
	leaveSecond()
	<-b.Done()
	require.Equal(t, context.Canceled, b.Err())
}
