package leak

import (
	"context"
	"runtime"

	"lab.example/gopark/internal/experiment"
)

// room is the memory that a parent keeps of children, all of which have been cancelled.
type room struct {
	Children int64 `obs:"/room/children:contexts"`
	Kept     int64 `obs:"/room/kept:bytes"`         // all had been there at once
	InTurn   int64 `obs:"/room/kept-in-turn:bytes"` // each had gone before the next one came
	After    int64 `obs:"/room/after-cancel:bytes"` // when the parent of Kept was cancelled
}

func measureRoom(children int) (seen room) {
	seen.Children = int64(children)
	before := heap()
	parent, cancel := context.WithCancel(context.Background())
	atOnce(parent, children)
	seen.Kept = heap() - before
	cancel()
	seen.After = heap() - before
	runtime.KeepAlive(parent)

	before = heap()
	parent, cancel = context.WithCancel(context.Background())
	inTurn(parent, children)
	seen.InTurn = heap() - before
	cancel()
	runtime.KeepAlive(parent)
	return seen
}

// atOnce gives the parent so many children, and then cancels one after the other.
//
//go:noinline
func atOnce(parent context.Context, children int) {
	cancels := make([]context.CancelFunc, children)
	for i := range cancels {
		_, cancels[i] = context.WithCancel(parent)
	}
	for _, cancel := range cancels {
		cancel()
	}
}

// inTurn gives the parent so many children too, but never two at a time.
//
//go:noinline
func inTurn(parent context.Context, children int) {
	for range children {
		_, cancel := context.WithCancel(parent)
		cancel()
	}
}

// heap returns the bytes that are in use.
func heap() int64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.GC() // what had a finalizer or a cleanup
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// An entry of the map is an interface of 16 bytes, so a parent that keeps less than that for
// each child has given room back. It takes far more than a few entries.
const (
	entry = 16
	few   = 64 << 10
)

func (seen room) check() error {
	switch {
	case seen.Kept < entry*seen.Children:
		return experiment.Refuted("a parent that had had %d children kept %d bytes: its map shrinks", seen.Children, seen.Kept)
	case seen.After > few:
		return experiment.Refuted("%d bytes were left when the parent had been cancelled", seen.After)
	case seen.InTurn > few:
		return experiment.Refuted("%d children in turn cost their parent %d bytes: its map grows with their number", seen.Children, seen.InTurn)
	}
	return nil
}
