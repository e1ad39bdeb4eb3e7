package conformance

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"golang.org/x/exp/trace"

	"lab.example/gopark/internal/hint"
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
// get between the one before and its own.
type op struct {
	kind   kind
	g      trace.GoID
	lane   int32
	index  int32 // in its lane
	at     trace.Time
	lo, hi trace.Time

	// Of a get, the put that brought its goroutine into a queue, or -1 if that happened
	// before the trace. Of a put, the get that started its goroutine, or -1.
	partner int32
	start   int32 // of a get, its number among the gets by time
	inSTW   bool
}

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

// readHistory reads what runtime/trace wrote.
func readHistory(r io.Reader) (_ *history, err error) {
	defer func() {
		if p := recover(); p != nil { // trace.Reader does so on some damaged traces
			err = fmt.Errorf("read trace: damaged: %v", p)
		}
	}()
	tr, err := trace.NewReader(r)
	if err != nil {
		return nil, hint.With(fmt.Errorf("read trace: %w", err), "give it what runtime/trace or go test -trace wrote")
	}
	b := builder{procs: make(map[trace.ProcID]int32), threads: make(map[trace.ThreadID]int32)}
	for {
		ev, err := tr.ReadEvent()
		if err == io.EOF { // not errors.Is: io.EOF inside of another error means that the trace is cut off
			break
		}
		if err != nil {
			return nil, fmt.Errorf("read trace: %w", err)
		}
		if b.history.begin == 0 {
			b.history.begin = ev.Time()
		}
		b.event(ev)
	}
	if b.history.procs == 0 {
		return nil, errors.New("read trace: it does not say what GOMAXPROCS is")
	}
	return b.finish(), nil
}

// builder turns events into operations.
type builder struct {
	history history
	procs   map[trace.ProcID]int32
	threads map[trace.ThreadID]int32
	order   []lane
	stopped int // worlds that are stopped
}

type lane struct {
	place bool
	id    trace.ProcID
	last  trace.Time // of its last event
	open  []int32    // operations whose window ends with the next event
	all   []int32
}

func (b *builder) event(ev trace.Event) {
	switch ev.Kind() {
	case trace.EventMetric:
		if m := ev.Metric(); m.Name == "/sched/gomaxprocs:threads" && b.history.procs == 0 {
			b.history.procs = int(m.Value.Uint64())
		}
	case trace.EventRangeBegin, trace.EventRangeEnd:
		if !strings.HasPrefix(ev.Range().Name, "stop-the-world") {
			break
		}
		if ev.Kind() == trace.EventRangeBegin {
			b.stopped++
		} else {
			b.stopped = max(0, b.stopped-1)
		}
	case trace.EventStateTransition:
		b.transition(ev)
		return
	}
	b.close(b.laneOf(ev), ev.Time())
}

func (b *builder) transition(ev trace.Event) {
	st := ev.StateTransition()
	if st.Resource.Kind == trace.ResourceProc {
		b.procTransition(ev, st)
		return
	}
	if st.Resource.Kind != trace.ResourceGoroutine {
		return
	}
	l := b.laneOf(ev)
	g := st.Resource.Goroutine()
	from, to := st.Goroutine()
	k := get // that is, no put
	switch {
	case from == to || from == trace.GoUndetermined:
	case from == trace.GoRunnable && to == trace.GoRunning:
		b.add(l, op{kind: get, g: g, lo: b.order[l].last, hi: ev.Time(), at: ev.Time()})
	case to != trace.GoRunnable:
	case from == trace.GoSyscall:
		k = putLost
	case from == trace.GoRunning && st.Reason == "preempted":
		k = putPreempt
	case from == trace.GoRunning:
		k = putYield
	case ev.Goroutine() == trace.NoGoroutine:
		k = putSystem
	default:
		k = putReady
	}
	b.close(l, ev.Time())
	if k != get {
		b.add(l, op{kind: k, g: g, lo: ev.Time(), hi: -1, at: ev.Time()})
	}
}

// procTransition ends the window of what its P did. A P that stops by itself has looked
// into every queue.
func (b *builder) procTransition(ev trace.Event, st trace.StateTransition) {
	l := b.place(st.Resource.Proc())
	from, to := st.Proc()
	if from == trace.ProcRunning && to == trace.ProcIdle && ev.Proc() == st.Resource.Proc() && ev.Goroutine() == trace.NoGoroutine {
		b.add(l, op{kind: idle, lo: b.order[l].last, hi: ev.Time(), at: ev.Time(), inSTW: b.stopped > 0})
	}
	b.close(l, ev.Time())
}

func (b *builder) place(p trace.ProcID) int32 {
	l, ok := b.procs[p]
	if !ok {
		l = b.lane(true)
		b.order[l].id = p
		b.procs[p] = l
	}
	return l
}

func (b *builder) laneOf(ev trace.Event) int32 {
	if p := ev.Proc(); p != trace.NoProc {
		return b.place(p)
	}
	l, ok := b.threads[ev.Thread()]
	if !ok {
		l = b.lane(false)
		b.threads[ev.Thread()] = l
	}
	return l
}

func (b *builder) lane(place bool) int32 {
	b.order = append(b.order, lane{place: place})
	return int32(len(b.order) - 1)
}

// close ends the windows that are open in a lane.
func (b *builder) close(l int32, at trace.Time) {
	for _, i := range b.order[l].open {
		b.history.ops[i].hi = at
	}
	b.order[l].open = b.order[l].open[:0]
	b.order[l].last = at
}

func (b *builder) add(l int32, o op) {
	i := int32(len(b.history.ops))
	o.lane, o.partner = l, -1
	b.history.ops = append(b.history.ops, o)
	b.order[l].all = append(b.order[l].all, i)
	if o.hi < 0 {
		b.order[l].open = append(b.order[l].open, i)
	}
}

// finish numbers the lanes, Ps first, and finds the put of every get.
func (b *builder) finish() *history {
	h := &b.history
	numbers := make([]int32, len(b.order))
	for _, place := range []bool{true, false} {
		for i := range b.order {
			if b.order[i].place == place {
				numbers[i] = int32(len(h.lanes))
				h.lanes = append(h.lanes, b.order[i].all)
				h.ids = append(h.ids, b.order[i].id)
			}
		}
		if place {
			h.places = len(h.lanes)
		}
	}
	var end trace.Time
	for i := range h.ops {
		h.ops[i].lane = numbers[h.ops[i].lane]
		end = max(end, h.ops[i].at)
	}
	for i := range h.ops {
		if h.ops[i].hi < 0 {
			h.ops[i].hi = end
		}
	}
	for _, lane := range h.lanes {
		for index, i := range lane {
			h.ops[i].index = int32(index)
		}
	}
	h.match()
	return h
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
