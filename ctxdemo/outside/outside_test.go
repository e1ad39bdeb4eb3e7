package outside

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/ctxdemo/ending"
	"lab.example/gopark/internal/experiment/experimenttest"
)

func TestMain(m *testing.M) { experimenttest.Main(m, Experiment) }

func TestExperiment(t *testing.T) { experimenttest.Run(t, Experiment) }

func BenchmarkExperiment(b *testing.B) { experimenttest.Bench(b, Experiment) }

func TestNamesAreUnique(t *testing.T) {
	names := make(map[string]bool)
	for _, c := range calls {
		require.False(t, names[c.name], c.name)
		names[c.name] = true
	}
	for _, h := range handlers {
		require.False(t, names[h.name], h.name)
		names[h.name] = true
	}
}

func TestEveryCell(t *testing.T) {
	experimenttest.EveryCell(t, Experiment, "/calls:rows", "/handlers:rows")
}

// TestInTheMiddle holds that a call whose time is up too early is made again, and that one
// which never comes to its middle is not.
func TestInTheMiddle(t *testing.T) {
	made := 0
	err, of, failed := inTheMiddle(t.Context(), ending.Timeout, func(ctx context.Context, end func()) (error, error) {
		if made++; made < 3 {
			<-ctx.Done() // as on a machine that is too busy
		}
		end()
		return context.Cause(ctx), nil
	})
	require.NoError(t, failed)
	require.Equal(t, 3, made)
	require.Equal(t, ending.ErrSlow, err)
	require.Equal(t, context.DeadlineExceeded, of.Err())

	made = 0
	err, _, failed = inTheMiddle(t.Context(), ending.Cancel, func(context.Context, func()) (error, error) {
		made++
		return errUnused, nil
	})
	require.NoError(t, failed)
	require.Equal(t, 1, made)
	require.Equal(t, errUnused, err)
}

// TestParentEnds holds that whoever ends the run is not told that the machine is too busy.
func TestParentEnds(t *testing.T) {
	enough := errors.New("enough")
	parent, cancel := context.WithCancelCause(t.Context())
	made := 0
	_, _, failed := inTheMiddle(parent, ending.Cancel, func(_ context.Context, end func()) (error, error) {
		made++
		cancel(enough)
		end()
		return nil, nil
	})
	require.Equal(t, enough, failed)
	require.Equal(t, 1, made)
}
