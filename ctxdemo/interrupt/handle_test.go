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

// BenchmarkLook is the cost of asking whether to stop, beside its alternatives.
func BenchmarkLook(b *testing.B) {
	block := make(chan struct{})
	h := Go("subject", func(*Handle) error { <-block; return nil })
	defer func() { close(block); <-h.Done() }()
	ctx, cancel := context.WithCancel(b.Context())
	defer cancel()
	var flag atomic.Bool
	b.Run("flag=atomic.Bool", func(b *testing.B) {
		for b.Loop() {
			if flag.Load() {
				b.Fatal()
			}
		}
	})
	b.Run("Handle.IsInterrupted", func(b *testing.B) {
		for b.Loop() {
			if h.IsInterrupted() {
				b.Fatal()
			}
		}
	})
	b.Run("Handle.Check", func(b *testing.B) {
		for b.Loop() {
			if h.Check("look") != nil {
				b.Fatal()
			}
		}
	})
	b.Run("context.Err", func(b *testing.B) {
		for b.Loop() {
			if ctx.Err() != nil {
				b.Fatal()
			}
		}
	})
	b.Run("select=ctx.Done", func(b *testing.B) {
		for b.Loop() {
			select {
			case <-ctx.Done():
				b.Fatal()
			default:
			}
		}
	})
}
