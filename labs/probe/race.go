//go:build race

package probe

import (
	"runtime"
	"unsafe"
)

// detecting reports whether this binary looks for data races.
const detecting = true

// unseen hides from the race detector that goroutines meet in what f does: an atomic
// counter in a probe would put their accesses in an order that the answer never made,
// and a race of the answer would not be found. f must use only atomics.
//
// Memory accesses in f are seen as ever.
func unseen(f func()) {
	runtime.RaceDisable()
	defer runtime.RaceEnable()
	f()
}

// An order is an edge that the race detector shall see: what happened before give
// happens before what comes after a take that follows it. Two that give are not
// ordered by that.
type order struct{ at byte }

func (o *order) give() { runtime.RaceReleaseMerge(unsafe.Pointer(&o.at)) }
func (o *order) take() { runtime.RaceAcquire(unsafe.Pointer(&o.at)) }
