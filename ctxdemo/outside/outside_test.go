package outside

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

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
	err, of, failed := inTheMiddle(t.Context(), byTimeout, func(ctx context.Context, end func()) (error, error) {
		if made++; made < 3 {
			<-ctx.Done() // as on a machine that is too busy
		}
		end()
		return context.Cause(ctx), nil
	})
	require.NoError(t, failed)
	require.Equal(t, 3, made)
	require.Equal(t, errSlow, err)
	require.Equal(t, context.DeadlineExceeded, of.Err())

	made = 0
	err, _, failed = inTheMiddle(t.Context(), byCancel, func(context.Context, func()) (error, error) {
		made++
		return errUnused, nil
	})
	require.NoError(t, failed)
	require.Equal(t, 1, made)
	require.Equal(t, errUnused, err)
}

// TestIsDue holds that a deadline which has passed counts, also before its timer has fired.
func TestIsDue(t *testing.T) {
	require.False(t, isDue(t.Context()))
	ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
	require.False(t, isDue(ctx))
	cancel()
	require.True(t, isDue(ctx))
	require.True(t, isDue(late{t.Context()}))
}

// late is a context whose timer has not fired yet.
type late struct{ context.Context }

func (late) Deadline() (time.Time, bool) { return time.Unix(1, 0), true }
