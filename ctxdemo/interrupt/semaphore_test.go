package interrupt

import (
	"errors"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

func TestSemaphoreIsFair(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := NewSemaphore(0)
		var order []int
		for i := range 5 {
			Go("waiter", func(h *Handle) error {
				err := s.Acquire(h)
				order = append(order, i)
				return err
			})
			synctest.Wait()
		}
		for range 5 {
			s.Release()
			require.False(t, s.TryAcquire(), "a permit goes to who waits, not to who comes by")
			synctest.Wait()
		}
		require.Equal(t, []int{0, 1, 2, 3, 4}, order)
	})
}

func TestTryAcquireForTakesItsTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, h, start := NewSemaphore(0), New("main"), time.Now()
		for _, d := range []time.Duration{-time.Second, 0, time.Hour} {
			ok, err := s.TryAcquireFor(h, d)
			require.NoError(t, err)
			require.False(t, ok)
		}
		require.Equal(t, time.Hour, time.Since(start))
		s.Release()
		ok, err := s.TryAcquireFor(h, 0)
		require.NoError(t, err)
		require.True(t, ok)
	})
}

// TestSemaphoreStress has more goroutines than permits, and interrupts all of them all the time:
// never are more permits out than there are, and in the end all are back.
func TestSemaphoreStress(t *testing.T) {
	const permits, workers, turns = 3, 8, 300
	s := NewSemaphore(permits)
	var out atomic.Int64
	var tooMany atomic.Bool
	all := make([]*Handle, workers)
	for i := range all {
		all[i] = Go("worker", func(h *Handle) error {
			hit := false
			for done := 0; done < turns || !hit; { // a storm that came too late would prove nothing
				switch err := s.Acquire(h); {
				case errors.Is(err, ErrInterrupted):
					hit = true
				case err != nil:
					return err
				default:
					if out.Add(1) > permits {
						tooMany.Store(true)
					}
					runtime.Gosched()
					out.Add(-1)
					s.Release()
					done++
				}
			}
			return nil
		})
	}
	var storm sync.WaitGroup
	for _, h := range all {
		storm.Go(func() {
			for {
				select {
				case <-h.Done():
					return
				default:
					h.Interrupt()
					for range 5 {
						runtime.Gosched()
					}
				}
			}
		})
	}
	storm.Wait()
	for _, h := range all {
		require.NoError(t, h.Err())
	}
	require.False(t, tooMany.Load())
	require.Equal(t, permits, s.Available())
}

func TestMisuse(t *testing.T) {
	require.Panics(t, func() { NewSemaphore(-1) })
	require.Panics(t, func() { NewLatch(-1) })
	require.Panics(t, func() { NewBarrier(0) })
	require.Panics(t, func() { NewExecutor(0) })
}
