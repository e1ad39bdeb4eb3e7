package stage

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"lab.example/gopark/ctxdemo/interrupt"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// TestBlocked holds that an actor is found among others that do the same.
func TestBlocked(t *testing.T) {
	var actors []*Actor
	for range 3 {
		actors = append(actors, Go("sleeper", func(h *interrupt.Handle) error { return h.Sleep(time.Hour) }))
	}
	for _, a := range actors {
		wait, err := a.Blocked(t.Context(), "interrupt.(*Handle).Sleep")
		require.NoError(t, err)
		require.Equal(t, "select", wait)
	}
	actors[1].Interrupt()
	still, err := actors[1].StillBlocked(t.Context())
	require.NoError(t, err)
	require.False(t, still)
	for _, a := range []*Actor{actors[0], actors[2]} {
		still, err := a.StillBlocked(t.Context())
		require.NoError(t, err)
		require.True(t, still)
		a.Interrupt()
		<-a.Done()
	}
}

// TestBlockedElsewhere holds that a goroutine which is blocked in another function does
// not count.
func TestBlockedElsewhere(t *testing.T) {
	var mu sync.Mutex
	mu.Lock()
	a := Go("locker", func(*interrupt.Handle) error { mu.Lock(); return nil })
	_, err := a.Blocked(t.Context(), "sync.(*Mutex).Lock")
	require.NoError(t, err)

	gone := errors.New("gone")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(gone)
	_, err = a.Blocked(ctx, "interrupt.(*Handle).Sleep")
	require.ErrorIs(t, err, gone)

	g, ended := a.look()
	require.False(t, ended)
	require.True(t, below(g, "sync.(*Mutex).Lock"))
	require.False(t, below(g, "interrupt.(*Handle).Sleep"))
	mu.Unlock()
	<-a.Done()
	_, err = a.Blocked(t.Context(), "sync.(*Mutex).Lock")
	require.ErrorContains(t, err, "locker has ended and never was blocked in sync.(*Mutex).Lock")
}

func TestGeneric(t *testing.T) {
	ch := make(chan int)
	a := Go("receiver", func(h *interrupt.Handle) error {
		_, _, err := interrupt.Recv(h, ch)
		return err
	})
	_, err := a.Blocked(t.Context(), "interrupt.Recv")
	require.NoError(t, err)
	a.Interrupt()
	<-a.Done()
}

// TestFigureOfNothing holds that the zero figure can be drawn on.
func TestFigureOfNothing(t *testing.T) {
	Figure{}.Blocked(1, "g", "select")
	Figure{}.Flag("g", true, "now")
}
