package tree

import (
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"unsafe"

	"lab.example/gopark/internal/stacks"
)

// Who waits. A channel has a queue of the goroutines that are blocked in a receive from it,
// also of those for which it is one case of a select: a list of sudogs, one for each
// (runtime/chan.go, recvq). Nothing tells how long it is, so it is read where it lies, without
// the channel's lock, while goroutines come and go. Why that is safe:
//
//   - Every pointer is read in one piece, and leads to a sudog or is nil. Sudogs are ordinary
//     objects of the garbage collector, and every place where the runtime keeps one is written
//     with its write barrier. So one that was reached stays what it is for as long as it is
//     held here, even if the runtime has let go of it. The queue of a channel without pointers
//     in its elements is the exception, it keeps nobody alive; but who is in it is also held by
//     the goroutine that waits.
//   - A sudog is used again, for another channel, a mutex, or in a list of spare ones, and then
//     its next leads away. Each says which channel it is for. One that is for another ends the
//     walk, which is then repeated.
//   - The walk is bounded, whatever it meets.
//
// While nobody comes or goes the number is exact, otherwise it may be out of date.

// queueLayout is where the words are that are read.
type queueLayout struct {
	first, last uintptr // of hchan: the ends of recvq
	g, next     uintptr // of sudog: the goroutine; who is behind it
	c           uintptr // of sudog: the channel
}

// The layout of Go 1.26 (runtime/chan.go, runtime/runtime2.go), as far as it is needed.
type (
	hchan struct {
		_, _        uint           // qcount, dataqsiz
		_           unsafe.Pointer // buf
		_           uint16         // elemsize
		_           uint32         // closed
		_, _        unsafe.Pointer // timer, elemtype
		_, _        uint           // sendx, recvx
		first, last unsafe.Pointer // recvq
	}
	sudog struct {
		g, next unsafe.Pointer
		_       unsafe.Pointer // prev
		_       [2]uintptr     // elem
		_, _    int64          // acquiretime, releasetime
		_       uint32         // ticket
		_, _    bool           // isSelect, success
		_       uint16         // waiters
		_       [3]uintptr     // parent, waitlink, waittail
		_, c    uintptr        // c: once for the garbage collector, once for reading
	}
)

const knownGo = "go1.26"

var knownLayout = queueLayout{
	first: unsafe.Offsetof(hchan{}.first),
	last:  unsafe.Offsetof(hchan{}.last),
	g:     unsafe.Offsetof(sudog{}.g),
	next:  unsafe.Offsetof(sudog{}.next),
	c:     unsafe.Offsetof(sudog{}.c),
}

// layoutFits reports whether channels are as they are expected to be. It tries that out once,
// at the first use; a Go of another version is not touched.
var layoutFits = sync.OnceValue(func() bool {
	return strings.HasPrefix(runtime.Version(), knownGo) && knownLayout.fits()
})

const (
	// walks is how often a walk is repeated that somebody was in the way of.
	walks = 8

	// waitersMax is how many sudogs are looked at. So many goroutines need some GB; a walk that
	// gets there is one before which others queue up faster than it goes.
	waitersMax = 1 << 20
)

// waiters returns how many goroutines are blocked in a receive from ch.
func (l queueLayout) waiters(ch <-chan struct{}) (n int) {
	for range walks {
		var whole bool
		if n, whole = l.walk(ch); whole {
			break
		}
	}
	return n
}

// walk goes through the queue of the channel once. It is whole if it has come to the end, and
// through nothing but sudogs of this channel.
//
// A select with the channel in several cases has as many sudogs, one right behind the other,
// because it enters all of them under the lock.
func (l queueLayout) walk(ch <-chan struct{}) (n int, whole bool) {
	c := *(*unsafe.Pointer)(unsafe.Pointer(&ch))
	if c == nil {
		return 0, true
	}
	var before uintptr // the goroutine
	var end unsafe.Pointer
	s := pointerAt(c, l.first)
	for range waitersMax {
		if s == nil {
			return n, end == pointerAt(c, l.last)
		}
		if atomic.LoadUintptr((*uintptr)(unsafe.Add(s, l.c))) != uintptr(c) {
			return n, false
		}
		if g := atomic.LoadUintptr((*uintptr)(unsafe.Add(s, l.g))); g != before {
			n, before = n+1, g
		}
		end, s = s, pointerAt(s, l.next)
	}
	return n, true
}

func pointerAt(p unsafe.Pointer, offset uintptr) unsafe.Pointer {
	return atomic.LoadPointer((*unsafe.Pointer)(unsafe.Add(p, offset)))
}

// fits has up to three goroutines wait in different ways, and reports whether l finds each time
// as many as there are, and none when they have gone.
func (l queueLayout) fits() bool {
	for n := range 4 {
		c, over := make(chan struct{}), make(chan struct{})
		var all sync.WaitGroup
		for how := range n {
			all.Go(func() { probe(c, over, how) })
		}
		found := l.finds(n, c)
		close(over)
		close(c)
		all.Wait()
		if !found || !l.counts(0, c) {
			return false
		}
	}
	return true
}

// probe waits for c.
func probe(c, over <-chan struct{}, how int) {
	switch how {
	case 0:
		select { // twice the same counts once
		case <-c:
		case <-over:
		case <-c:
		}
	case 1:
		select {
		case <-over:
		case <-c:
		}
	default:
		<-c
	}
}

// finds reports whether l finds n goroutines that are about to wait for c. If it does not soon,
// a stack dump tells whether they do wait. It must not sleep: it may be in a bubble of synctest,
// where that moves the clock.
func (l queueLayout) finds(n int, c <-chan struct{}) bool {
	for range 1000 {
		if l.counts(n, c) {
			return true
		}
		runtime.Gosched()
	}
	for range 100 {
		if probing() == n {
			return l.counts(n, c)
		}
		runtime.Gosched()
	}
	return false
}

func (l queueLayout) counts(n int, c <-chan struct{}) bool {
	got, whole := l.walk(c)
	return got == n && whole
}

// probing returns how many goroutines are blocked in probe.
func probing() (n int) {
	for _, g := range stacks.Parse(stacks.All()) {
		if _, ok := stacks.Blocked([]stacks.Goroutine{g}, "tree.probe"); ok {
			n++
		}
	}
	return n
}

// waiting returns Node.Waiting of n. It asks for the channel only if somebody else has: to ask
// is to make it.
func (n *node) waiting() int {
	switch {
	case n.over || !n.decides() || !n.open.Load():
		return 0
	case !layoutFits():
		return -1
	}
	return knownLayout.waiters(n.Context.Done())
}
