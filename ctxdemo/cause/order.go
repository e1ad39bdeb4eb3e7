package cause

import (
	"runtime"
	"runtime/metrics"
	"slices"
	"sync"
)

// Package context does not say in which order it cancels. The run queue of one P
// does. A goroutine waits on each node's Done. cancel closes these channels one after
// the other without giving up the P, and every close makes one waiter the P's
// runnext, pushing the waiter of the node before it to the tail of the queue. So when
// the canceller at last waits, the waiter of the node that was cancelled last runs
// first, and then the others run in the order of cancellation (scheduler/runnext
// shows this rule on its own). Turning the observed order by one gives it back: the
// order is inferred, from an observation and a rule.
//
// It holds on one P, without the race detector, and for at most 256 waiters: the size
// of the queue's ring.

// watchers are the goroutines that wait for the nodes, one each.
type watchers struct {
	done sync.WaitGroup

	mu   sync.Mutex
	woke []string // paths, first to run first
}

// watchAll starts a watcher for every node that is alive and returns when all of
// them are blocked.
func watchAll(nodes []node) *watchers {
	var w watchers
	for _, n := range nodes {
		if n.ctx.Err() != nil {
			continue
		}
		w.done.Go(func() {
			<-n.ctx.Done()
			w.mu.Lock()
			defer w.mu.Unlock()
			w.woke = append(w.woke, n.path)
		})
	}
	settle()
	return &w
}

// settle gives up the P until every other goroutine is blocked.
func settle() {
	for runnable() > 0 {
		runtime.Gosched()
	}
}

// runnable is how many goroutines wait for a P.
func runnable() uint64 {
	sample := []metrics.Sample{{Name: "/sched/goroutines/runnable:goroutines"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}

// order returns the nodes that have been cancelled since watchAll, in the order in
// which they were.
func (w *watchers) order() []string {
	settle()
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.woke) == 0 {
		return []string{}
	}
	return append(slices.Clone(w.woke[1:]), w.woke[0])
}
