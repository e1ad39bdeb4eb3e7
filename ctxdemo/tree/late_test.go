package tree

import (
	"context"
	"errors"
	"runtime/metrics"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

// These tests have contexts end while the tree cannot notice, because nobody tells it or its
// lock is taken. What it then finds it must tell apart all the same.

var errBoss = errors.New("the boss said stop")

// TestTimersFoundLate: both deadlines have passed, with the same error and cause; that of the
// child is earlier, so it was not the parent that ended it.
func TestTimersFoundLate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tr := New(Options{})
		parent, cancel := tr.WithTimeout(context.Background(), 2*time.Second)
		defer cancel()
		child, cancel := tr.WithTimeout(parent, time.Second)
		defer cancel()
		parent.(*node).unwatch()
		child.(*node).unwatch()
		time.Sleep(3 * time.Second)
		got := tr.Snapshot().Find("root/a")
		require.Equal(t, ByTimer, got.By)
		require.Equal(t, ByTimer, got.Parent.By)
		require.Greater(t, got.Order, got.Parent.Order, "which is why it is said to be inferred")
	})
}

// TestOwnEndFoundLate: the children have ended for their own causes before their parent was
// cancelled for another.
func TestOwnEndFoundLate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tr := New(Options{})
		parent, cancel := tr.WithCancelCause(context.Background())
		timed, stop := tr.WithTimeout(parent, time.Second)
		defer stop()
		timed.(*node).unwatch()
		time.Sleep(2 * time.Second)
		called, cancelCalled := tr.WithCancel(parent)

		tr.mu.Lock()
		go cancelCalled()
		<-called.Done()
		go cancel(errBoss)
		<-parent.Done()
		tr.mu.Unlock()
		synctest.Wait()

		got := tr.Snapshot()
		for path, want := range map[string]error{
			"root": errBoss, "root/a": context.DeadlineExceeded, "root/b": context.Canceled,
		} {
			require.Equal(t, want, got.Find(path).Cause, path)
		}
		require.Equal(t, ByTimer, got.Find("root/a").By)
		require.Equal(t, ByCall, got.Find("root/b").By)
	})
}

// TestParentIsNotedFirst: who is born of a dead parent dies after it, also if the tree learns of
// both at once.
func TestParentIsNotedFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for range 100 {
			tr := New(Options{})
			native, cancelNative := context.WithCancelCause(context.Background())
			parent, cancel := tr.WithCancel(native)
			defer cancel()
			cancelNative(errBoss) // the tree is told by a goroutine
			_, cancel = tr.WithCancel(parent)
			defer cancel()
			got := tr.Snapshot().Find("root/a")
			require.Equal(t, 2, got.Order)
			require.Equal(t, ByParent, got.By)
			require.Equal(t, ByOutside, got.Parent.By)
			synctest.Wait()
		}
	})
}

// TestCancelStartsNoGoroutine: the tree need not be told what it is doing itself.
func TestCancelStartsNoGoroutine(t *testing.T) {
	started := func() uint64 {
		sample := []metrics.Sample{{Name: "/sched/goroutines-created:goroutines"}}
		metrics.Read(sample)
		return sample[0].Value.Uint64()
	}
	tr := New(Options{})
	before := started()
	for range 1000 {
		_, cancel := tr.WithTimeout(context.Background(), time.Hour)
		cancel()
		_, cancel = tr.WithCancel(t.Context())
		cancel()
	}
	require.Less(t, started()-before, uint64(1000))
}
