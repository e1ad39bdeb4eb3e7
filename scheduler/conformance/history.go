package conformance

import (
	"cmp"
	"math"
	"slices"

	"golang.org/x/exp/trace"
)

// kind is what an operation does to the queues.
type kind uint8

const (
	putReady   kind = iota // created or made ready by a goroutine
	putYield               // called Gosched
	putPreempt             // was preempted, or yielded in a hand-off: the trace does not say which
	putSystem              // made ready by the scheduler itself: timer, network, trace reader, GC worker
	putLost                // came out of a system call without a P
	get                    // was started
	idle                   // nothing was found: the P stopped
)

// op is one operation on the queues. The trace does not say when it happened, but
// between which two events of its lane: a put between its own event and the next one, a
// get between the one before and its own. See moment for what lo and hi mean.
type op struct {
	kind   kind
	g      trace.GoID
	lane   int32
	index  int32      // in its lane
	at     trace.Time // of its event, as the trace has it
	lo, hi trace.Time // when it happened, at the earliest and at the latest

	// Of a get, the put that brought its goroutine into a queue, or -1 if that happened
	// before the trace. Of a put, the get that started its goroutine, or -1.
	partner int32
	start   int32 // of a get, its number among the gets by time
	inSTW   bool

	// Of the first get of a P that was taken by a thread which had just given up one: when
	// that was, see world.recheck. Otherwise never.
	recheck trace.Time
}

const never trace.Time = math.MaxInt64

// history is a trace reduced to what concerns the queues. A lane is what happens in a
// known order: the operations of one P, or of a thread while it has none.
type history struct {
	procs  int // GOMAXPROCS
	places int // lanes 0 to places-1 are Ps
	ids    []trace.ProcID
	begin  trace.Time
	ops    []op
	lanes  [][]int32 // of ops
	starts int
}

// match finds the put of every get. The events of one goroutine are in order in the
// trace, and so are its operations in h.ops.
func (h *history) match() {
	h.starts = 0
	waiting := make(map[trace.GoID]int32)
	for i := range h.ops {
		o := &h.ops[i]
		o.partner = -1
		switch o.kind {
		case idle:
		case get:
			o.start = int32(h.starts)
			h.starts++
			if put, ok := waiting[o.g]; ok {
				o.partner = put
				h.ops[put].partner = int32(i)
				delete(waiting, o.g)
			}
		default:
			waiting[o.g] = int32(i)
		}
	}
}

// before reports whether operation a is known to have happened before b.
func (h *history) before(a, b int32) bool {
	x, y := &h.ops[a], &h.ops[b]
	if x.lane == y.lane {
		return x.index < y.index
	}
	return x.hi < y.lo
}

// deadlines returns the operations in the order in which they must have happened, or in
// that of their events.
func (h *history) deadlines(timestamps bool) []int32 {
	order := make([]int32, len(h.ops))
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortStableFunc(order, func(a, b int32) int {
		x, y := &h.ops[a], &h.ops[b]
		if timestamps {
			return cmp.Compare(x.at, y.at)
		}
		return cmp.Or(cmp.Compare(x.hi, y.hi), cmp.Compare(x.lane, y.lane), cmp.Compare(x.index, y.index))
	})
	return order
}
