package probe

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

func TestGate(t *testing.T) {
	for range 500 {
		Bubble(t, func(t *testing.T) {
			var g Gate
			var passed atomic.Int32
			for range 3 {
				go func() {
					g.Wait()
					passed.Add(1)
				}()
			}
			time.Sleep(time.Hour) // nobody gets through before
			require.Equal(t, 3, g.Arrived())
			require.Zero(t, passed.Load())
			g.Open()
			g.Open()
			synctest.Wait()
			require.EqualValues(t, 3, passed.Load())
			g.Wait() // stays open
			require.Equal(t, 4, g.Arrived())
		})
	}
}

func TestGateOutsideABubble(t *testing.T) {
	var g Gate
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(g.Wait)
	}
	g.Open() // maybe before anybody has come
	wg.Wait()
	require.Equal(t, 3, g.Arrived())
}

func TestGateGivesUp(t *testing.T) {
	Bubble(t, func(t *testing.T) {
		var g Gate
		closing := errors.New("closing time")
		ctx, end := context.WithCancelCause(t.Context())
		time.AfterFunc(time.Minute, func() { end(closing) })
		Took(t, time.Minute, func() { require.Equal(t, closing, g.WaitOr(ctx)) })
		require.Equal(t, 1, g.Arrived())
		g.Open()
		for range 100 { // a select would choose either
			require.NoError(t, g.WaitOr(ctx))
		}
	})
}

func BenchmarkGate(b *testing.B) {
	var g Gate
	g.Open()
	for b.Loop() {
		g.Wait()
	}
}
