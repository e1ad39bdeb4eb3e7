package tree

import (
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"unsafe"

	"github.com/stretchr/testify/require"
)

const word = unsafe.Sizeof(uintptr(0))

// TestLayout holds that this version of Go is known, also when the first to ask is in a bubble.
// It fails with a new one: compare hchan and sudog with those of runtime, then raise knownGo.
func TestLayout(t *testing.T) {
	require.True(t, layoutFits(), runtime.Version())
	require.True(t, knownLayout.fits())
	synctest.Test(t, func(t *testing.T) { require.True(t, knownLayout.fits()) })
}

// TestWrongLayouts holds that a layout with one wrong word is not taken for the right one. The
// wrong words are such that to read them is harmless.
func TestWrongLayouts(t *testing.T) {
	for name, wrong := range map[string]func(*queueLayout){
		"senders":           func(l *queueLayout) { l.first, l.last = l.first+2*word, l.last+2*word },
		"last for first":    func(l *queueLayout) { l.first = l.last },
		"first for last":    func(l *queueLayout) { l.last = l.first },
		"sendx":             func(l *queueLayout) { l.first -= 2 * word },
		"prev for next":     func(l *queueLayout) { l.next += word },
		"g for next":        func(l *queueLayout) { l.g = l.next },
		"elem for g":        func(l *queueLayout) { l.g += 3 * word },
		"elem for c":        func(l *queueLayout) { l.c = unsafe.Offsetof(sudog{}.next) + 2*word },
		"waittail for c":    func(l *queueLayout) { l.c -= 2 * word },
		"the goroutine's c": func(l *queueLayout) { l.c = l.g },
	} {
		t.Run(name, func(t *testing.T) {
			l := knownLayout
			wrong(&l)
			require.False(t, l.fits())
		})
	}
}

// TestUnknownIsSaid: a tree that cannot read a channel says so where somebody may wait, and only
// there.
func TestUnknownIsSaid(t *testing.T) {
	known := layoutFits
	defer func() { layoutFits = known }()
	layoutFits = func() bool { return false }
	tr := New(Options{})
	root, cancel := tr.WithCancel(Background())
	ctx, cancelCtx := tr.WithCancel(root)
	ctx.Done()
	require.Zero(t, tr.Snapshot().Find("root").Waiting)
	require.Equal(t, -1, tr.Snapshot().Find("root/a").Waiting)
	require.Equal(t, "root   cancel  live\n└── a  cancel  live\n", tr.String())
	cancelCtx()
	require.Zero(t, tr.Snapshot().Find("root/a").Waiting)
	cancel()
}

// TestDoesNotOpen holds that to look does not make a channel.
func TestDoesNotOpen(t *testing.T) {
	tr := New(Options{})
	root, cancel := tr.WithCancel(Background())
	defer cancel()
	before := testing.AllocsPerRun(10, func() { tr.Snapshot() })
	root.Done()
	require.Equal(t, before, testing.AllocsPerRun(10, func() { tr.Snapshot() }))
	n := root.(*node)
	n.open.Store(false)
	require.Zero(t, n.waiting())
}

// TestWalk goes through queues as the runtime may leave them for a moment.
func TestWalk(t *testing.T) {
	var goroutines [3]int
	type waiter struct {
		g  int
		of *hchan
	}
	ours, others := new(hchan), new(hchan)
	for name, row := range map[string]struct {
		queue []waiter
		torn  bool // the end of the queue is not its last
		loop  bool // the last has the first behind it
		n     int
		whole bool
	}{
		"empty":                  {nil, false, false, 0, true},
		"three":                  {[]waiter{{0, ours}, {1, ours}, {2, ours}}, false, false, 3, true},
		"a select of two cases":  {[]waiter{{0, ours}, {1, ours}, {1, ours}, {2, ours}}, false, false, 3, true},
		"gone to another":        {[]waiter{{0, ours}, {1, others}, {2, ours}}, false, false, 1, false},
		"gone to nobody":         {[]waiter{{0, nil}, {1, ours}}, false, false, 0, false},
		"cut off":                {[]waiter{{0, ours}, {1, ours}}, true, false, 2, false},
		"emptied":                {nil, true, false, 0, false},
		"round, and round again": {[]waiter{{0, ours}, {1, ours}}, false, true, waitersMax, true},
	} {
		*ours = hchan{}
		sudogs := make([]*sudog, len(row.queue))
		for i, w := range slices.Backward(row.queue) {
			sudogs[i] = &sudog{g: unsafe.Pointer(&goroutines[w.g]), c: uintptr(unsafe.Pointer(w.of))}
			ours.first = unsafe.Pointer(sudogs[i])
			if i+1 < len(sudogs) {
				sudogs[i].next = unsafe.Pointer(sudogs[i+1])
			} else {
				ours.last = unsafe.Pointer(sudogs[i])
			}
		}
		if row.torn {
			ours.last = unsafe.Pointer(new(sudog))
		}
		if row.loop {
			sudogs[len(sudogs)-1].next = ours.first
		}
		n, whole := knownLayout.walk(*(*chan struct{})(unsafe.Pointer(&ours)))
		require.Equal(t, row.n, n, name)
		require.Equal(t, row.whole, whole, name)
	}
	require.Zero(t, knownLayout.waiters(nil))
}

// TestQueueInOtherHands walks through queues while the runtime takes them apart: channels are
// closed and made anew, in a select or not, and the goroutines queue up for a lock in between, so
// that sudogs go from one queue to another, and the garbage collector runs beside it. A walk ends,
// and never finds more than there can be; at rest it is exact.
func TestQueueInOtherHands(t *testing.T) {
	const goroutines, rounds = 8, 400
	var slots [3]atomic.Pointer[chan struct{}]
	for i := range slots {
		slots[i].Store(new(make(chan struct{})))
	}
	var stop, over atomic.Bool
	var lock sync.Mutex
	var waiters, others sync.WaitGroup
	for id := range goroutines {
		waiters.Go(func() {
			for i := id; !stop.Load(); i++ {
				a, b := *slots[i%3].Load(), *slots[(i+1)%3].Load()
				if id%2 == 0 {
					<-a
				} else {
					select {
					case <-a:
					case <-b:
					}
				}
				lock.Lock()
				runtime.Gosched()
				lock.Unlock()
			}
		})
	}
	others.Go(func() {
		for range 30 {
			runtime.GC()
		}
	})
	most := 0
	others.Go(func() {
		for !over.Load() {
			for i := range slots {
				most = max(most, knownLayout.waiters(*slots[i].Load()))
			}
			runtime.Gosched()
		}
	})
	for i := range rounds {
		runtime.Gosched()
		close(*slots[i%3].Swap(new(make(chan struct{}))))
	}
	stop.Store(true)
	for i := range slots {
		close(*slots[i].Load())
	}
	waiters.Wait()
	over.Store(true)
	others.Wait()
	require.LessOrEqual(t, most, goroutines)
	for i := range slots {
		require.Zero(t, knownLayout.waiters(*slots[i].Load()))
	}
}
