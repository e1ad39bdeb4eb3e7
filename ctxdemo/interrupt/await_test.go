package interrupt

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestWhatHasHappenedWins(t *testing.T) {
	event, never := make(chan struct{}), make(chan struct{})
	close(event)
	for range 50 { // a select alone would take either
		late := make(chan time.Time)
		close(late)
		require.Equal(t, happened, New("late").await(event, late))

		h := New("interrupted")
		h.Interrupt()
		require.Equal(t, happened, h.await(event, nil))
		require.True(t, h.IsInterrupted(), "kept for the next operation")
		require.Equal(t, cutShort, h.await(never, nil))
		require.True(t, h.IsInterrupted(), "the caller clears it")
		h.Ack()
		h.Unpark() // rings, and there is nothing to see
		require.Equal(t, expired, h.await(never, late))
	}
}
