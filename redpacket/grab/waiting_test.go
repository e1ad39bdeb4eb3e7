package grab_test

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/internal/stacks"
	"lab.example/gopark/redpacket/grab"
)

// slow is a context whose Err, the first time, tells that it was called, and waits.
type slow struct {
	context.Context
	called, goOn chan struct{}
}

func (s *slow) Err() error {
	if s.called != nil {
		close(s.called)
		s.called = nil
		<-s.goOn
	}
	return s.Context.Err()
}

// TestCancelledWhileItWaits holds that who is cancelled while he waits for somebody else gets
// nothing. One call is stopped in the middle, and keeps another one by the same user waiting.
func TestCancelledWhileItWaits(t *testing.T) {
	e, err := grab.New(packet)
	require.NoError(t, err)

	first := &slow{t.Context(), make(chan struct{}), make(chan struct{})}
	called := first.called
	done := make(chan error)
	go func() {
		_, err := e.Grab(first, "a")
		done <- err
	}()
	<-called

	hungUp := errors.New("hung up")
	ctx, cancel := context.WithCancelCause(t.Context())
	go func() {
		_, err := e.Grab(ctx, "a")
		done <- err
	}()
	for !waitsForTheTable() {
		runtime.Gosched()
	}
	cancel(hungUp)
	close(first.goOn)

	require.ElementsMatch(t, []error{nil, hungUp}, []error{<-done, <-done})
	require.Equal(t, packet.N-1, e.Left())
}

// waitsForTheTable reports whether some goroutine waits for a lock of the users.
func waitsForTheTable() bool {
	return slices.ContainsFunc(stacks.Parse(stacks.All()), func(g stacks.Goroutine) bool {
		return g.Wait == "sync.Mutex.Lock" && slices.ContainsFunc(g.Frames, func(f stacks.Frame) bool {
			return strings.HasSuffix(f.Func, "users.(*Table).Lock")
		})
	})
}
