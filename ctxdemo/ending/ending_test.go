package ending

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// TestOnce holds that each way ends the context in the middle, with its own error and cause.
func TestOnce(t *testing.T) {
	want := map[Way][2]error{
		Cancel:  {context.Canceled, ErrGone},
		Timeout: {context.DeadlineExceeded, ErrSlow},
	}
	require.Len(t, want, len(Ways()))
	for _, w := range Ways() {
		synctest.Test(t, func(t *testing.T) {
			begun := time.Now()
			trial := w.Once(t.Context(), time.Second, func(ctx context.Context, end func()) {
				require.NoError(t, ctx.Err(), "before its middle")
				end()
				require.Equal(t, want[w], [2]error{ctx.Err(), context.Cause(ctx)})
			})
			require.True(t, trial.Middle)
			require.False(t, trial.TooLate)
			require.Equal(t, want[w], [2]error{trial.Context.Err(), context.Cause(trial.Context)}, "afterwards, too")
			require.Equal(t, map[Way]time.Duration{Timeout: time.Second}[w], time.Since(begun))
		})
	}
}

// TestTooLate holds that a call which came to its middle after the end is told from one that came
// in time, and from one that never came there.
func TestTooLate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		late := func(ctx context.Context, end func()) {
			<-ctx.Done()
			end()
		}
		trial := Timeout.Once(t.Context(), time.Second, late)
		require.True(t, trial.Middle)
		require.True(t, trial.TooLate)

		cut := func(ctx context.Context, _ func()) { <-ctx.Done() }
		trial = Timeout.Once(t.Context(), time.Second, cut)
		require.False(t, trial.Middle)
		require.True(t, trial.TooLate)

		for _, w := range Ways() {
			trial = w.Once(t.Context(), time.Second, func(context.Context, func()) {})
			require.False(t, trial.Middle)
			require.False(t, trial.TooLate, "it had time, and did not want it")
		}
	})
}

// TestPatiently holds that a call is made until it was not too late, with more and more time, and
// not for ever.
func TestPatiently(t *testing.T) {
	var times []time.Duration
	require.NoError(t, Patiently(t.Context(), func(timeout time.Duration) bool {
		times = append(times, timeout)
		return len(times) < 3
	}))
	require.Equal(t, []time.Duration{5 * time.Millisecond, 10 * time.Millisecond, 20 * time.Millisecond}, times)

	made := 0
	require.Equal(t, ErrBusy, Patiently(t.Context(), func(time.Duration) bool { made++; return true }))
	require.Equal(t, 13, made)

	enough := errors.New("enough")
	ctx, cancel := context.WithCancelCause(t.Context())
	made = 0
	require.Equal(t, enough, Patiently(ctx, func(time.Duration) bool {
		made++
		cancel(enough)
		return true
	}))
	require.Equal(t, 1, made)
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

func BenchmarkOnce(b *testing.B) {
	for b.Loop() {
		Cancel.Once(b.Context(), time.Second, func(_ context.Context, end func()) { end() })
	}
}
