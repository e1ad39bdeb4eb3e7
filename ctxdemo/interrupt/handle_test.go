package interrupt

import (
	"context"
	"errors"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

var errBoss = errors.New("the boss said so")

func TestSleepTakesItsTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		h := Go("sleeper", func(h *Handle) error { return h.Sleep(time.Hour) })
		<-h.Done()
		require.NoError(t, h.Err())
		require.Equal(t, time.Hour, time.Since(start))
	})
}

func TestInterruptWakesSleep(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		h := Go("sleeper", func(h *Handle) error {
			err := h.Sleep(time.Hour)
			require.False(t, h.IsInterrupted(), "the error has taken the flag over")
			require.NoError(t, h.Sleep(time.Minute), "one interrupt, one error")
			return err
		})
		time.Sleep(time.Second)
		h.InterruptCause(errBoss)
		synctest.Wait()
		require.NoError(t, h.Err(), "still in its second sleep")
		<-h.Done()
		require.ErrorIs(t, h.Err(), ErrInterrupted)
		require.ErrorIs(t, h.Err(), errBoss)
		require.EqualError(t, h.Err(), "sleep: interrupted: the boss said so")
		require.Equal(t, time.Second+time.Minute, time.Since(start))
	})
}

func TestFlagBeforeSleep(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		h := Go("early", func(h *Handle) error {
			h.Interrupt()
			return h.Sleep(0)
		})
		<-h.Done()
		require.EqualError(t, h.Err(), "sleep: interrupted")
		require.Zero(t, time.Since(start))
	})
}

func TestFlagIsNotACounter(t *testing.T) {
	h := Go("idle", func(*Handle) error { return nil })
	<-h.Done()
	h.InterruptCause(errBoss)
	h.InterruptCause(errors.New("a later cause"))
	require.True(t, h.IsInterrupted())
	require.True(t, h.IsInterrupted())
	require.ErrorIs(t, h.Check("look"), errBoss, "the first cause is kept")
	require.NoError(t, h.Check("look"))
	h.Interrupt()
	require.EqualError(t, h.Check("look"), "look: interrupted", "an old cause is not used again")
	h.Interrupt()
	require.True(t, h.Interrupted())
	require.False(t, h.Interrupted())
}

func TestRestore(t *testing.T) {
	h := Go("idle", func(*Handle) error { return nil })
	<-h.Done()
	h.Restore(errors.New("something else"))
	require.False(t, h.IsInterrupted())
	h.Restore(&Error{Op: "sleep", Cause: errBoss})
	require.ErrorIs(t, h.Check("look"), errBoss)
}

// TestNoLostWakeUp interrupts a goroutine that sleeps, looks and clears in a loop, and
// demands that an interrupt which nobody has seen yet ends the next sleep.
func TestNoLostWakeUp(t *testing.T) {
	const rounds = 2000
	var seen atomic.Int64
	h := Go("worker", func(h *Handle) error {
		for seen.Load() < rounds {
			if err := h.Sleep(time.Hour); err != nil {
				seen.Add(1)
			}
		}
		return nil
	})
	for i := range int64(rounds) {
		h.Interrupt()
		for seen.Load() == i {
			runtime.Gosched()
		}
	}
	<-h.Done()
}

func TestManyInterrupters(t *testing.T) {
	h := Go("worker", func(h *Handle) error {
		for {
			if err := h.Sleep(time.Hour); errors.Is(err, errBoss) {
				return nil
			}
		}
	})
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 1000 {
				h.Interrupt()
			}
		})
	}
	wg.Wait()
	for h.Err() == nil {
		h.InterruptCause(errBoss)
		select {
		case <-h.Done():
			return
		default:
			runtime.Gosched()
		}
	}
}

// TestSelectOfOnesOwn has a goroutine select on C: it sees an interrupt that came before, one
// that comes while it waits, and that an Unpark is none.
func TestSelectOfOnesOwn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		jobs := make(chan int)
		look := func(h *Handle) error {
			for {
				select {
				case <-jobs:
					return nil
				case <-h.C():
					if err := h.Check("wait for a job"); err != nil {
						return err
					}
				}
			}
		}
		h := try(look)
		h.Unpark()
		synctest.Wait()
		require.False(t, ended(h))
		h.Interrupt()
		synctest.Wait()
		require.EqualError(t, h.Err(), "wait for a job: interrupted")

		h.Interrupt()
		h.Park() // may take the token, and keeps the flag
		require.EqualError(t, look(h), "wait for a job: interrupted")
		h.Interrupt()
		<-h.C()
		h.Ack()
		require.False(t, h.IsInterrupted())
		require.NoError(t, h.Sleep(time.Second))
	})
}

func TestFollow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeoutCause(t.Context(), time.Minute, errBoss)
		defer cancel()
		h := New("follower")
		stop := h.Follow(ctx)
		start := time.Now()
		err := h.Sleep(time.Hour)
		require.Equal(t, time.Minute, time.Since(start))
		require.EqualError(t, err, "sleep: interrupted: the boss said so")
		for _, target := range []error{ErrInterrupted, errBoss, context.DeadlineExceeded} {
			require.ErrorIs(t, err, target)
		}
		require.False(t, stop(), "too late")

		ctx, cancel = context.WithCancel(t.Context())
		require.True(t, h.Follow(ctx)())
		cancel()
		synctest.Wait()
		require.False(t, h.IsInterrupted())
	})
}

func TestContext(t *testing.T) {
	h := New("caller")
	ctx, cancel := h.Context(t.Context())
	require.NoError(t, ctx.Err())
	h.InterruptCause(errBoss)
	<-ctx.Done()
	require.EqualError(t, context.Cause(ctx), "context: interrupted: the boss said so")
	require.ErrorIs(t, context.Cause(ctx), ErrInterrupted)
	cancel()

	early, cancel := h.Context(t.Context())
	require.Error(t, early.Err(), "the flag was set")
	cancel()
	require.True(t, h.IsInterrupted(), "it is still there for who looks")
	h.Ack()

	late, cancel := h.Context(t.Context())
	other, cancelOther := h.Context(t.Context())
	cancel()
	require.Equal(t, context.Canceled, context.Cause(late), "nobody has interrupted")
	require.NoError(t, other.Err())
	h.Interrupt()
	require.Error(t, other.Err(), "more than one can be cut")
	cancelOther()
	require.Empty(t, h.cuts, "nothing is kept")
}

func TestHandlesDiffer(t *testing.T) {
	require.NotEqual(t, New("a").key, New("a").key)
}
