package interrupt

import (
	"context"
	"errors"
	"runtime"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

func shutdown(t *testing.T, ex *Executor) {
	t.Helper()
	ex.Shutdown()
	ok, err := ex.AwaitTermination(New("main"), time.Hour)
	require.NoError(t, err)
	require.True(t, ok)
}

func TestResults(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ex := NewExecutor(3)
		var futures []*Future[int]
		for i := range 100 {
			futures = append(futures, Submit(ex, func(h *Handle) (int, error) {
				if i%10 == 0 {
					return 0, errBoss
				}
				return i, h.Sleep(time.Duration(i) * time.Minute)
			}))
		}
		h := New("main")
		for i, f := range futures {
			v, err := f.Get(h)
			if i%10 == 0 {
				require.ErrorIs(t, err, errBoss)
				continue
			}
			require.NoError(t, err)
			require.Equal(t, i, v)
		}
		shutdown(t, ex)
	})
}

// TestCauses holds that a task learns from the cause why it was interrupted.
func TestCauses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ex := NewExecutor(2)
		var saw [2]error
		sleep := func(i int) *Future[int] {
			return Submit(ex, func(h *Handle) (int, error) {
				saw[i] = h.Sleep(time.Hour)
				return 0, saw[i]
			})
		}
		cancelled, stopped := sleep(0), sleep(1)
		synctest.Wait()
		require.True(t, cancelled.Cancel(true))
		require.False(t, cancelled.Cancel(true), "it is cancelled already")
		synctest.Wait()
		require.Empty(t, ex.ShutdownNow())
		synctest.Wait()
		require.ErrorIs(t, saw[0], ErrCancelled)
		require.ErrorIs(t, saw[1], ErrShutdown)
		_, err := stopped.Get(New("main"))
		require.ErrorIs(t, err, ErrShutdown)
		shutdown(t, ex)
	})
}

// TestGoexit holds that a task which ends its goroutine ends neither the executor nor those who
// wait for it.
func TestGoexit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ex := NewExecutor(1)
		gone := Submit(ex, func(*Handle) (int, error) {
			runtime.Goexit()
			return 1, nil
		})
		next := Submit(ex, func(*Handle) (int, error) { return 2, nil })
		_, err := gone.Get(New("main"))
		require.ErrorIs(t, err, ErrExited)
		v, err := next.Get(New("main"))
		require.NoError(t, err)
		require.Equal(t, 2, v)
		shutdown(t, ex)
	})
}

// TestQueuedTasksAreTheCallers runs one of the tasks that ShutdownNow returns, and cancels another.
func TestQueuedTasksAreTheCallers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ex := NewExecutor(1)
		Submit(ex, func(h *Handle) (int, error) { return 0, h.Sleep(time.Hour) })
		ran := Submit(ex, func(h *Handle) (string, error) { return h.Name(), nil })
		dropped := Submit(ex, func(*Handle) (int, error) { return 0, nil })
		synctest.Wait()
		queued := ex.ShutdownNow()
		require.Equal(t, []Task{ran, dropped}, queued)
		h := New("main")
		queued[0].Run(h)
		queued[0].Run(h) // no effect
		name, err := ran.Get(h)
		require.NoError(t, err)
		require.Equal(t, "main", name)
		require.True(t, queued[1].Cancel(true))
		_, err = dropped.Get(h)
		require.ErrorIs(t, err, ErrCancelled)
		shutdown(t, ex)
	})
}

// TestCancelHitsNobodyElse cancels tasks at all moments of their lives: the interrupt must not hit
// the task that its worker runs next.
func TestCancelHitsNobodyElse(t *testing.T) {
	ex := NewExecutor(2)
	var hit, cancelled atomic.Int64
	for range 3000 {
		victim := Submit(ex, func(*Handle) (int, error) { return 0, nil })
		witness := Submit(ex, func(h *Handle) (int, error) {
			for range 3 {
				runtime.Gosched()
			}
			if h.IsInterrupted() {
				hit.Add(1)
			}
			return 0, nil
		})
		if victim.Cancel(true) {
			cancelled.Add(1)
		}
		_, err := witness.Get(New("main"))
		require.NoError(t, err)
	}
	shutdown(t, ex)
	require.Zero(t, hit.Load())
	require.Positive(t, cancelled.Load())
}

func TestPromiseIsKeptOnce(t *testing.T) {
	f, complete := NewPromise[int]()
	require.False(t, f.IsDone())
	f.Run(New("main")) // there is nothing to run
	require.True(t, complete(1, nil))
	require.False(t, complete(2, nil))
	require.False(t, f.Cancel(true))
	v, ok, err := f.GetFor(New("main"), 0)
	require.NoError(t, err)
	require.True(t, ok)
	require.Equal(t, 1, v)
}

// TestGetFollowsContext is what Follow is for: a time limit of a caller who has a context.
func TestGetFollowsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		h := New("main")
		defer h.Follow(ctx)()
		f, _ := NewPromise[int]()
		_, err := f.Get(h)
		require.ErrorIs(t, err, ErrInterrupted)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.False(t, errors.Is(err, ErrCancelled))
	})
}
