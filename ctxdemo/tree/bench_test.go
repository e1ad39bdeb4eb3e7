package tree_test

import (
	"context"
	"flag"
	"fmt"
	"math"
	"runtime"
	"testing"
	"time"

	"lab.example/gopark/ctxdemo/tree"
)

// inTurns measures the standard library and a tree in turns, batch by batch, and reports the
// best batch of each and their ratio. One after the other as a whole, they would also measure
// what else the machine was doing.
func inTurns(b *testing.B, standard, ours func()) {
	const batch = 200
	best := [2]float64{math.Inf(1), math.Inf(1)}
	for b.Loop() {
		for i, f := range []func(){standard, ours} {
			start := time.Now()
			for range batch {
				f()
			}
			best[i] = min(best[i], float64(time.Since(start).Nanoseconds())/batch)
		}
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(best[0], "std-ns")
	b.ReportMetric(best[1], "tree-ns")
	b.ReportMetric(best[1]/best[0], "x-std")
}

// BenchmarkCost is what a context costs, made and cancelled, as a multiple of what it costs
// without a tree.
func BenchmarkCost(b *testing.B) {
	for _, row := range []struct {
		name string
		tree.Options
	}{
		{"cancel", tree.Options{}},
		{"cancel,times", tree.Options{Times: true}},
		{"cancel,sites", tree.Options{Sites: true}},
		{"cancel,log", tree.Options{Log: 1000}},
		{"cancel,sink", tree.Options{Sink: func(tree.Event) {}}},
	} {
		b.Run(row.name, func(b *testing.B) { benchCancel(b, tree.New(row.Options)) })
	}
	t := tree.New(tree.Options{})
	root, cancel := t.WithCancel(context.Background())
	defer cancel()
	standard := b.Context()
	b.Run("root", func(b *testing.B) {
		inTurns(b, func() {
			_, cancel := context.WithCancel(context.Background())
			cancel()
		}, func() {
			_, cancel := t.WithCancel(context.Background())
			cancel()
		})
	})
	b.Run("adopted", func(b *testing.B) {
		inTurns(b, func() {
			_, cancel := context.WithCancel(standard)
			cancel()
		}, func() {
			_, cancel := t.WithCancel(standard)
			cancel()
		})
	})
	b.Run("timeout", func(b *testing.B) {
		inTurns(b, func() {
			_, cancel := context.WithTimeout(standard, time.Hour)
			cancel()
		}, func() {
			_, cancel := t.WithTimeout(root, time.Hour)
			cancel()
		})
	})
	b.Run("value", func(b *testing.B) {
		inTurns(b,
			func() { _ = context.WithValue(standard, key(0), b) },
			func() { _ = t.WithValue(root, key(0), b) })
	})
	b.Run("done", func(b *testing.B) {
		inTurns(b, func() { _ = standard.Done() }, func() { _ = root.Done() })
	})
	b.Run("done,sites", func(b *testing.B) {
		ours, cancel := tree.New(tree.Options{Sites: true}).WithCancel(context.Background())
		defer cancel()
		inTurns(b, func() { _ = standard.Done() }, func() { _ = ours.Done() })
	})
	b.Run("err", func(b *testing.B) {
		inTurns(b, func() { _ = standard.Err() }, func() { _ = root.Err() })
	})
	deep, ours := standard, root
	for range 32 {
		deep, cancel = context.WithCancel(deep)
		defer cancel()
		ours, cancel = t.WithCancel(ours)
		defer cancel()
	}
	b.Run("lookup,depth=32", func(b *testing.B) {
		inTurns(b, func() { _ = deep.Value(key(0)) }, func() { _ = ours.Value(key(0)) })
	})
}

func benchCancel(b *testing.B, t *tree.Tree) {
	root, cancel := t.WithCancel(context.Background())
	defer cancel()
	standard := b.Context()
	inTurns(b, func() {
		_, cancel := context.WithCancel(standard)
		cancel()
	}, func() {
		_, cancel := t.WithCancel(root)
		cancel()
	})
}

// BenchmarkWalk is what it costs to look, for each node.
func BenchmarkWalk(b *testing.B) {
	for _, n := range []int{1000, 10_000} {
		t := tree.New(tree.Options{})
		root, cancel := t.WithCancel(context.Background())
		for range n {
			_, cancel := t.WithCancel(root)
			defer cancel()
		}
		perNode := func(b *testing.B, look func() int) {
			best := math.Inf(1)
			for b.Loop() {
				start := time.Now()
				if look() != n+1 {
					b.Fatal("somebody is missing")
				}
				best = min(best, float64(time.Since(start).Nanoseconds()))
			}
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(best/float64(n+1), "ns/node")
		}
		b.Run(fmt.Sprintf("live,n=%d", n), func(b *testing.B) {
			perNode(b, func() (count int) {
				for range t.Live() {
					count++
				}
				return count
			})
		})
		b.Run(fmt.Sprintf("snapshot,n=%d", n), func(b *testing.B) {
			perNode(b, func() (count int) {
				for range t.Snapshot().All() {
					count++
				}
				return count
			})
		})
		cancel()
	}
}

// Growth: how time and memory grow with the width and the depth of a tree, for each node:
// linearly, if the figures of one row are alike. Each is that of the best round. "std" is package
// context alone.

var makers = []struct {
	name string
	make func() maker
}{
	{"std", func() maker { return standard }},
	{"tree", func() maker {
		t := tree.New(tree.Options{})
		return maker{t.WithCancelCause, t.WithDeadlineCause, t.WithValue, t.WithoutCancel}
	}},
}

// grown is a tree to be measured: its root's cancel, and what else must be kept alive.
type grown struct {
	cancel context.CancelCauseFunc
	keep   []context.Context
}

// shape makes n contexts.
type shape func(m maker, n int) grown

func width(kind tree.Kind) shape {
	return func(m maker, n int) grown {
		root, cancel := m.withCancelCause(context.Background())
		g := grown{cancel, make([]context.Context, n)}
		later := time.Now().Add(time.Hour)
		for i := range n {
			g.keep[i], _ = m.derive(kind, root, i, later)
		}
		return g
	}
}

func depth(kind tree.Kind) shape {
	return func(m maker, n int) grown {
		ctx, cancel := m.withCancelCause(context.Background())
		for i := range n {
			ctx, _ = m.derive(kind, ctx, i, time.Time{})
		}
		return grown{cancel, []context.Context{ctx}}
	}
}

// sleeping is width, with everybody's Done asked.
func sleeping(m maker, n int) grown {
	g := width(tree.KindCancel)(m, n)
	for _, ctx := range g.keep {
		ctx.Done()
	}
	return g
}

// most is the largest tree that is measured. A million contexts want half a gigabyte and some
// minutes: go test -bench Growth -args -most 1000000
var most = flag.Int("most", 10_000, "nodes of the largest tree of BenchmarkGrowth")

func BenchmarkGrowth(b *testing.B) {
	for _, row := range []struct {
		name string
		shape
		sizes []int
	}{
		{"width", width(tree.KindCancel), []int{1, 10, 1000, 10_000, 100_000, 1_000_000}},
		{"width,done", sleeping, []int{1000, 10_000, 100_000}},
		{"width,deadline", width(tree.KindDeadline), []int{1000, 10_000, 100_000}},
		{"width,value", width(tree.KindValue), []int{1000, 10_000, 100_000}},
		{"depth", depth(tree.KindCancel), []int{1, 10, 1000, 10_000, 100_000}},
		{"depth,value", depth(tree.KindValue), []int{10, 1000, 10_000, 100_000}},
	} {
		for _, n := range row.sizes {
			if n > *most {
				break
			}
			for _, m := range makers {
				b.Run(fmt.Sprintf("%s/n=%d/%s", row.name, n, m.name), func(b *testing.B) { grow(b, n, m.make, row.shape) })
			}
		}
	}
}

func grow(b *testing.B, n int, make func() maker, shape shape) {
	create, cancel, bytes := math.Inf(1), math.Inf(1), int64(math.MaxInt64)
	for b.Loop() {
		m := make()
		before := heap()
		start := time.Now()
		g := shape(m, n)
		create = min(create, float64(time.Since(start).Nanoseconds()))
		bytes = min(bytes, heap()-before)
		start = time.Now()
		g.cancel(nil)
		cancel = min(cancel, float64(time.Since(start).Nanoseconds()))
		runtime.KeepAlive(g)
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(create/float64(n), "create-ns/node")
	b.ReportMetric(cancel/float64(n), "cancel-ns/node")
	b.ReportMetric(float64(bytes)/float64(n), "B/node")
}

// heap returns the bytes that are in use.
func heap() int64 {
	runtime.GC()
	runtime.GC() // the first may have found one running
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc + m.StackInuse)
}

// BenchmarkWaiting compares what waits for n contexts of one root: a function of AfterFunc, or a
// goroutine, each.
func BenchmarkWaiting(b *testing.B) {
	for _, n := range []int{100, 10_000} {
		for _, m := range makers {
			afterFunc := context.AfterFunc
			if m.name == "tree" {
				afterFunc = tree.New(tree.Options{}).AfterFunc
			}
			b.Run(fmt.Sprintf("afterfunc/n=%d/%s", n, m.name), func(b *testing.B) {
				waiting(b, n, func(ctx context.Context, f func()) { afterFunc(ctx, f) })
			})
		}
		b.Run(fmt.Sprintf("goroutine/n=%d", n), func(b *testing.B) {
			waiting(b, n, func(ctx context.Context, f func()) {
				go func() {
					<-ctx.Done()
					f()
				}()
			})
		})
	}
}

func waiting(b *testing.B, n int, wait func(context.Context, func())) {
	ended, bytes := math.Inf(1), int64(math.MaxInt64)
	for b.Loop() {
		root, cancel := context.WithCancel(context.Background())
		over := make(chan struct{}, n)
		before := heap()
		for range n {
			wait(root, func() { over <- struct{}{} })
		}
		bytes = min(bytes, heap()-before)
		start := time.Now()
		cancel()
		for range n {
			<-over
		}
		ended = min(ended, float64(time.Since(start).Nanoseconds()))
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(ended/float64(n), "end-ns/node")
	b.ReportMetric(float64(bytes)/float64(n), "B/node")
}
