package tree_test

import (
	"context"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/ctxdemo/tree"
)

// marked returns a context with a value, and a channel that is closed when that has been
// collected.
func marked(tr *tree.Tree, parent context.Context) (ctx context.Context, gone chan struct{}) {
	gone = make(chan struct{})
	value := new([64]byte)
	runtime.AddCleanup(value, func(gone chan struct{}) { close(gone) }, gone)
	return tr.WithValue(parent, key(0), value), gone
}

// collected reports whether the value goes. It is patient: another goroutine cleans up.
func collected(gone chan struct{}) bool { return collect(gone, 500) }

// kept reports whether the value stays, in many more collections than one that is not held
// needs.
func kept(gone chan struct{}) bool { return !collect(gone, 20) }

func collect(gone chan struct{}, rounds int) bool {
	for range rounds {
		runtime.GC()
		select {
		case <-gone:
			return true
		case <-time.After(5 * time.Millisecond):
		}
	}
	return false
}

// TestDroppedIsCollected holds the law of package context: what nobody holds goes, also
// if it was never cancelled, and then it is not in the picture.
func TestDroppedIsCollected(t *testing.T) {
	tr := tree.New(tree.Options{})
	gone := func() chan struct{} {
		ctx, gone := marked(tr, context.Background())
		for range 100 {
			var forgotten any
			ctx, forgotten = tr.WithCancel(ctx)
			tr.WithValue(tr.WithoutCancel(ctx), key(1), forgotten)
			tr.AfterFunc(ctx, func() {})
		}
		require.GreaterOrEqual(t, len(slices.Collect(tr.Live())), 201, "the others may be gone already")
		runtime.KeepAlive(ctx)
		return gone
	}()
	require.True(t, collected(gone))
	require.Empty(t, tr.Snapshot())
}

// TestLeakIsKept: under a living parent, what was never cancelled stays, here as in package
// context; it is what one wants to see. When the parent ends, it goes.
func TestLeakIsKept(t *testing.T) {
	tr := tree.New(tree.Options{})
	root, cancel := tr.WithCancel(context.Background())
	gone := func() chan struct{} {
		ctx, gone := marked(tr, root)
		var forgotten any
		_, forgotten = tr.WithCancel(ctx)
		require.NotNil(t, forgotten)
		return gone
	}()
	require.True(t, kept(gone))
	require.Equal(t, ""+
		"root       cancel               live\n"+
		"└── a      value tree_test.key  live\n"+
		"    └── a  cancel               live\n", tr.String())
	cancel()
	require.True(t, collected(gone), "what has ended is remembered without its values")
	require.Len(t, slices.Collect(tr.Snapshot().All()), 3)
	require.NotNil(t, root)
}

// TestBelowWithoutCancel: package context does not hold what hangs there, though the parent
// lives for ever.
func TestBelowWithoutCancel(t *testing.T) {
	tr := tree.New(tree.Options{})
	detached := tr.WithoutCancel(context.Background())
	gone := func() chan struct{} {
		ctx, forgotten := tr.WithCancel(detached)
		require.NotNil(t, forgotten)
		_, gone := marked(tr, ctx)
		return gone
	}()
	require.True(t, collected(gone))
	require.Len(t, slices.Collect(tr.Live()), 1)
	require.NoError(t, detached.Err())
}

// TestEndedAreForgotten holds that the memory of those that have ended is bounded.
func TestEndedAreForgotten(t *testing.T) {
	for keep, want := range map[int]int{-1: 1, 3: 4, 0: 1025} {
		tr := tree.New(tree.Options{Keep: keep})
		root, cancel := tr.WithCancel(context.Background())
		for range 1500 {
			_, cancel := tr.WithCancel(root)
			cancel()
			tr.AfterFunc(root, func() {})()
		}
		require.Len(t, slices.Collect(tr.Snapshot().All()), want)
		tr.Forget()
		require.Len(t, slices.Collect(tr.Snapshot().All()), 1)
		cancel()
	}
}

// TestManyTransient holds that lists of those that are held by nobody do not grow with how many
// there have been.
func TestManyTransient(t *testing.T) {
	tr := tree.New(tree.Options{Keep: -1})
	root, cancel := tr.WithCancel(context.Background())
	defer cancel()
	heap := func() uint64 {
		runtime.GC()
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	round := func() {
		for range 4 {
			for range 1000 {
				tr.WithValue(root, key(0), 0)
				_, cancel := tr.WithCancel(context.Background())
				cancel()
			}
			runtime.GC() // what has not been collected is in the lists by right
		}
	}
	round()
	before := heap()
	for range 5 {
		round()
	}
	require.Less(t, int64(heap()-before), int64(300_000), "an entry for each would be 24 bytes at least")
}
