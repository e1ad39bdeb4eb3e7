//go:build gopark_sqlite

package main

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"lab.example/gopark/ctxdemo/ending"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// TestTry holds that a call whose time is up too early is made again, and that one which
// never comes to its middle, or fails, is not.
func TestTry(t *testing.T) {
	made := 0
	o, err := try(t.Context(), ending.Timeout, func(ctx context.Context, d *database, end func()) (err, failed error) {
		if made++; made < 3 {
			<-ctx.Done() // as on a machine that is too busy
		}
		return longInsert(ctx, d, end)
	})
	require.NoError(t, err)
	require.Equal(t, 3, made)
	require.Equal(t, "sqlite3: interrupted", o.text)

	made = 0
	_, err = try(t.Context(), ending.Cancel, func(ctx context.Context, d *database, _ func()) (err, failed error) {
		made++
		return shortInsert(ctx, d, func() {})
	})
	require.EqualError(t, err, "it never came to its middle")
	require.Equal(t, 1, made)

	made = 0
	broken := errors.New("broken")
	_, err = try(t.Context(), ending.Timeout, func(context.Context, *database, func()) (err, failed error) {
		made++
		return nil, broken
	})
	require.ErrorIs(t, err, broken)
	require.Equal(t, 1, made)
}

// TestOutcome looks at every column of a call that is not cut.
func TestOutcome(t *testing.T) {
	o, err := try(t.Context(), ending.Cancel, func(_ context.Context, d *database, end func()) (err, failed error) {
		_, err = d.Exec(insertFirst + `;` + insertNext + `;` + insertNext)
		if err != nil {
			return nil, err
		}
		end()
		return ending.ErrGone, nil
	})
	require.NoError(t, err)
	require.Equal(t, outcome{text: "gone", isCause: true, written: "first, 2 next", next: "nil, same connection"}, o)
}

// TestRun holds that a run shows the same table every time.
func TestRun(t *testing.T) {
	first, err := run(t.Context())
	require.NoError(t, err)
	second, err := run(t.Context())
	require.NoError(t, err)
	require.Equal(t, first, second)
	require.NoError(t, show(first))
}

func TestRunEnds(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	enough := errors.New("enough")
	cancel(enough)
	_, err := run(ctx)
	require.ErrorIs(t, err, enough)
}
