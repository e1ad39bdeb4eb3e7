package conformance

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/exp/trace"
	"pgregory.net/rapid"
)

func TestClock(t *testing.T) {
	c := newClock()
	require.Equal(t, moment{576, 640}, c.read(1, 640), "what a thread writes begins with a time of its own")
	require.Equal(t, moment{1024, 1024}, c.read(1, 1024))
	require.Equal(t, moment{960, 1024}, c.read(2, 1025))
	require.Equal(t, moment{1280, 1280}, c.read(1, 1280))
	require.Equal(t, moment{1280, 1280}, c.read(2, 1281), "in the unit of the event before")
	require.Equal(t, moment{1280, 1344}, c.read(1, 1344), "the next unit may stand for the same")
	require.Equal(t, moment{1280, 1408}, c.read(1, 1408), "and the one after that, too")
	require.Equal(t, moment{1280, 1408}, c.read(2, 1409), "another thread's, perhaps read only after it")
	require.Equal(t, moment{1600, 1600}, c.read(1, 1600))
}

// TestClockIsNeverWrong writes events as the runtime does and reads them as
// trace.Reader does, and holds that each moment contains the time of the event.
func TestClockIsNeverWrong(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		type event struct {
			thread        int
			real, written trace.Time
		}
		var (
			now    trace.Time
			events []event
			last   = [3]trace.Time{-1, -1, -1}
		)
		for range rapid.IntRange(1, 40).Draw(t, "events") {
			now += trace.Time(rapid.IntRange(1, 150).Draw(t, "pause"))
			thread := rapid.IntRange(0, 2).Draw(t, "thread")
			last[thread] = max(now/unit, last[thread]+1)
			events = append(events, event{thread, now, last[thread] * unit})
		}
		// An event can wait for any that was written earlier in fact.
		c := newClock()
		var read trace.Time
		for len(events) > 0 {
			next := 0
			if rapid.Bool().Draw(t, "in order of the times written") {
				for i, e := range events {
					if e.written < events[next].written && !slices.ContainsFunc(events[:i], func(o event) bool { return o.thread == e.thread }) {
						next = i
					}
				}
			}
			e := events[next]
			events = append(events[:next:next], events[next+1:]...)
			read = max(read+1, e.written)
			got := c.read(trace.ThreadID(e.thread), read)
			require.LessOrEqual(t, got.early, e.real)
			require.Less(t, e.real, got.late+unit)
		}
	})
}
