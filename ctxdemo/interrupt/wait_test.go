package interrupt

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

// TestWhatBlocksIsWoken interrupts what blocks, and calls it with the flag set when it need not
// block.
func TestWhatBlocksIsWoken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		never := Go("never ends", func(h *Handle) error { return h.Sleep(time.Hour) })
		empty, full := make(chan int, 1), make(chan int, 1)
		full <- 1
		for _, c := range []struct {
			op    string
			block func(h *Handle) error
			ready func(h *Handle) error // the same where there is nothing to wait for
		}{
			{
				"sleep",
				func(h *Handle) error { return h.Sleep(time.Minute) },
				func(h *Handle) error { return h.Sleep(0) },
			},
			{
				"join",
				func(h *Handle) error { return h.Join(never) },
				func(h *Handle) error { return h.JoinFor(never, 0) },
			},
			{
				"receive",
				func(h *Handle) error { _, _, err := Recv(h, empty); return err },
				func(h *Handle) error { _, _, err := Recv(h, full); return err },
			},
			{
				"send",
				func(h *Handle) error { return Send(h, full, 2) },
				func(h *Handle) error { return Send(h, empty, 2) },
			},
		} {
			t.Log(c.op)
			h := try(c.block)
			require.False(t, ended(h))
			h.Unpark() // rings for nothing
			synctest.Wait()
			require.False(t, ended(h))
			h.InterruptCause(errBoss)
			synctest.Wait()
			require.EqualError(t, h.Err(), c.op+": interrupted: the boss said so")
			require.False(t, h.IsInterrupted())

			h = New("early")
			h.InterruptCause(errBoss)
			require.EqualError(t, c.ready(h), c.op+": interrupted: the boss said so")
			require.False(t, h.IsInterrupted())
		}
		require.Empty(t, empty, "nothing was sent")
		require.Len(t, full, 1, "nothing was received")
		never.Interrupt()
		<-never.Done()
	})
}

func TestRecvAndSend(t *testing.T) {
	h := New("subject")
	ch := make(chan int, 1)
	require.NoError(t, Send(h, ch, 7))
	v, ok, err := Recv(h, ch)
	require.NoError(t, err)
	require.True(t, ok)
	require.Equal(t, 7, v)
	close(ch)
	v, ok, err = Recv(h, ch)
	require.NoError(t, err)
	require.False(t, ok)
	require.Zero(t, v)
	require.Panics(t, func() { _ = Send(h, ch, 7) })
}

func TestParkTakesOnePermit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := New("parked")
		h.Unpark()
		h.Unpark()
		go h.Run(func(h *Handle) error {
			h.Park() // the permit is there, and it is one
			h.Park()
			return nil
		})
		synctest.Wait()
		require.False(t, ended(h))
		h.Unpark()
		<-h.Done()
	})
}

// TestParkKeepsTheFlag parks with the flag set: it returns at once, every time.
func TestParkKeepsTheFlag(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := try(func(h *Handle) error { h.Park(); return nil })
		require.False(t, ended(h))
		h.Interrupt()
		synctest.Wait()
		require.True(t, ended(h))
		require.True(t, h.IsInterrupted())
		start := time.Now()
		for range 3 {
			h.Park()
			h.ParkFor(time.Hour)
		}
		require.Zero(t, time.Since(start))
		require.Error(t, h.Sleep(time.Hour), "it is still there for who looks")

		h.ParkFor(time.Second)
		require.Equal(t, time.Second, time.Since(start))
		time.AfterFunc(time.Second, h.Unpark)
		h.ParkFor(time.Hour)
		require.Equal(t, 2*time.Second, time.Since(start))
		h.ParkFor(0)
		h.ParkFor(-1)
		require.Equal(t, 2*time.Second, time.Since(start))
	})
}

// TestJoinOfTheDead does not look at the flag.
func TestJoinOfTheDead(t *testing.T) {
	dead := Go("dead", func(*Handle) error { return errBoss })
	<-dead.Done()
	require.ErrorIs(t, dead.Err(), errBoss)
	h := New("mourner")
	h.Interrupt()
	require.NoError(t, h.Join(dead))
	require.NoError(t, h.JoinFor(dead, 0))
	require.True(t, h.IsInterrupted())
}

func TestJoinForGivesUpInTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		other := Go("sleeper", func(h *Handle) error { return h.Sleep(time.Minute) })
		h := New("impatient")
		start := time.Now()
		require.NoError(t, h.JoinFor(other, time.Second))
		require.False(t, ended(other))
		require.Equal(t, time.Second, time.Since(start))
		require.NoError(t, h.JoinFor(other, -1))
		require.Equal(t, time.Second, time.Since(start))
		require.NoError(t, h.Join(other))
		require.Equal(t, time.Minute, time.Since(start))
	})
}
