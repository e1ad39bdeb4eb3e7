package tree_test

import (
	"context"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/ctxdemo/tree"
)

// whoWaits returns who waits for what, of those for whom anybody does.
func whoWaits(tr *tree.Tree) map[string]int {
	counts := make(map[string]int)
	for n := range tr.Snapshot().All() {
		if n.Waiting != 0 {
			counts[n.Path()] = n.Waiting
		}
	}
	return counts
}

func TestWaiting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tr := tree.New(tree.Options{})
		root, cancel := tr.WithCancel(context.Background())
		a, cancelA := tr.WithTimeout(tree.Named(root, "a"), time.Hour)
		defer cancelA()
		b, cancelB := tr.WithCancel(tree.Named(root, "b"))
		defer cancelB()
		require.Empty(t, whoWaits(tr))

		for range 3 {
			go func() { <-a.Done() }()
		}
		synctest.Wait()
		require.Equal(t, map[string]int{"root/a": 3}, whoWaits(tr))

		leave := make(chan struct{})
		go func() { // in each queue once, however many cases
			select {
			case <-a.Done():
			case <-b.Done():
			case <-root.Done():
			case <-b.Done():
			case <-b.Done():
			case <-leave:
			case <-time.After(time.Minute):
			}
		}()
		go func() { // derived with package context: a channel of its own
			ctx, cancel := context.WithCancel(b)
			defer cancel()
			<-ctx.Done()
		}()
		go func() { // not from the tree's context, but the same channel
			<-context.WithValue(b, key(0), 0).Done()
		}()
		synctest.Wait()
		require.Equal(t, map[string]int{"root": 1, "root/a": 4, "root/b": 2}, whoWaits(tr))
		require.Equal(t, ""+
			"root   cancel    live, 1 waiting\n"+
			"├── a  deadline  live, 4 waiting\n"+
			"└── b  cancel    live, 2 waiting\n", tr.String())

		close(leave)
		synctest.Wait()
		require.Equal(t, map[string]int{"root/a": 3, "root/b": 1}, whoWaits(tr))
		cancelA()
		require.Equal(t, map[string]int{"root/b": 1}, whoWaits(tr), "at once, before they have run")
		cancel()
		require.Empty(t, whoWaits(tr))
	})
}

// TestWaitingForValues: a value has the channel of the context above it. It is counted there,
// also if that has never been asked itself, and the value is gone.
func TestWaitingForValues(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tr := tree.New(tree.Options{Keep: -1})
		root, cancel := tr.WithCancel(context.Background())
		defer cancel()
		done := tr.WithValue(tr.WithValue(root, key(0), 0), key(1), 1).Done()
		value := tr.WithValue(tree.Named(root, "value"), key(2), 2)
		go func() { <-done }()
		go func() { <-value.Done() }()
		synctest.Wait()
		runtime.GC()
		require.Equal(t, map[string]int{"root": 2}, whoWaits(tr))
		require.False(t, tr.Snapshot().Find("root").Asked)
		require.True(t, tr.Snapshot().Find("root/value").Asked)

		require.Nil(t, tr.WithValue(tr.WithoutCancel(value), key(0), 0).Done())
		native, cancelNative := context.WithCancel(context.Background())
		defer cancelNative()
		adopted := tr.WithValue(tree.Named(native, "adopted"), key(0), 0)
		go func() { <-adopted.Done() }()
		synctest.Wait()
		require.Equal(t, map[string]int{"root": 2, "adopted": 1}, whoWaits(tr))
		runtime.KeepAlive(value)
	})
}

// TestFunctionsDoNotWait: one given to AfterFunc is in the tree itself, and no goroutine.
func TestFunctionsDoNotWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tr := tree.New(tree.Options{})
		root, cancel := tr.WithCancel(context.Background())
		defer cancel()
		tr.AfterFunc(root, func() {})
		context.AfterFunc(root, func() {})
		synctest.Wait()
		require.Empty(t, whoWaits(tr))
	})
}

// TestGoroutineOfPackageContext: below a context with a Done of its own there is one, and it
// waits like others.
func TestGoroutineOfPackageContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tr := tree.New(tree.Options{Sites: true})
		root, cancel := tr.WithCancel(context.Background())
		defer cancel()
		_, cancelNative := context.WithCancel(shy{root})
		defer cancelNative()
		synctest.Wait()
		n := tr.Snapshot().Find("root")
		require.Equal(t, 1, n.Waiting)
		require.Len(t, n.AskedAt, 2)
		require.Regexp(t, `^waiting_test\.go:\d+$`, n.AskedAt[0])
		require.Regexp(t, `^context\.go:\d+$`, n.AskedAt[1])
	})
}

// shy is a context that hides from package context what it is.
type shy struct{ context.Context }

func (s shy) Value(key any) any { return nil }

// TestWaitingInChurn: goroutines come and go, alone and in selects, while others look and the
// garbage collector runs. Nobody is counted who cannot be there, and at rest the count is exact.
func TestWaitingInChurn(t *testing.T) {
	const goroutines, rounds, staying = 6, 300, 3
	tr := tree.New(tree.Options{Keep: -1})
	root, cancel := tr.WithCancel(context.Background())
	var ready, stay, storm, others sync.WaitGroup
	ready.Add(staying)
	for range staying {
		stay.Go(func() {
			ready.Done()
			<-root.Done()
		})
	}
	ready.Wait()
	for whoWaits(tr)["root"] != staying { // they are about to wait
		runtime.Gosched()
	}
	for range goroutines {
		storm.Go(func() {
			for range rounds {
				ctx, cancel := tr.WithCancel(root)
				var inner sync.WaitGroup
				inner.Go(func() { <-ctx.Done() })
				inner.Go(func() {
					select {
					case <-root.Done():
					case <-ctx.Done():
					}
				})
				runtime.Gosched()
				cancel()
				inner.Wait()
			}
		})
	}
	var over atomic.Bool
	others.Go(func() {
		for range 30 {
			runtime.GC()
		}
	})
	most := make(map[bool]int) // for the root, and for those below it
	others.Go(func() {
		for !over.Load() {
			for n := range tr.Snapshot().All() {
				isRoot := n.Parent == nil
				most[isRoot] = max(most[isRoot], n.Waiting)
			}
			runtime.Gosched()
		}
	})
	storm.Wait()
	over.Store(true)
	others.Wait()
	require.LessOrEqual(t, most[true], staying+goroutines)
	require.GreaterOrEqual(t, most[true], staying)
	require.LessOrEqual(t, most[false], 2)
	require.Equal(t, map[string]int{"root": staying}, whoWaits(tr))
	cancel()
	stay.Wait()
	require.Empty(t, whoWaits(tr))
}

// TestAskedAt: the lines that have called Done, each once, and those that have derived.
func TestAskedAt(t *testing.T) {
	tr := tree.New(tree.Options{Sites: true})
	made := nextLine()
	root, cancel := tr.WithCancel(context.Background())
	defer cancel()
	asked := func() []string { return tr.Snapshot().Find("root").AskedAt }
	require.Empty(t, asked())

	var first string
	for range 3 {
		first = nextLine()
		root.Done()
	}
	derive := nextLine()
	_, cancelNative := context.WithCancel(root)
	defer cancelNative()
	second := nextLine()
	context.WithValue(root, key(0), 0).Done()
	require.Equal(t, []string{first, derive, second}, asked())
	require.Equal(t, "root  cancel "+made+"  live, asked at "+first+", "+derive+", "+second+"\n", tr.String())

	value := tr.WithValue(root, key(0), 0)
	third := nextLine()
	value.Done()
	require.Equal(t, []string{third}, tr.Snapshot().Find("root/a").AskedAt)
	require.Equal(t, []string{first, derive, second}, asked())

	root.Done()
	root.Done()
	root.Done()
	root.Done()
	root.Done()
	root.Done()
	require.Len(t, asked(), 8)
	cancel()
	require.Len(t, asked(), 8, "of one that has ended, too")

	silent := tree.New(tree.Options{Times: true})
	ctx, cancel := silent.WithCancel(context.Background())
	defer cancel()
	ctx.Done()
	require.Empty(t, silent.Snapshot().Find("root").AskedAt)
}
