package conformance

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"golang.org/x/exp/trace"

	"lab.example/gopark/internal/hint"
)

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
	b := builder{
		clock: newClock(), procs: make(map[trace.ProcID]int32),
		threads: make(map[trace.ThreadID]int32), gaveUp: make(map[trace.ThreadID]moment),
	}
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
	clock   *clock
	procs   map[trace.ProcID]int32
	threads map[trace.ThreadID]int32
	gaveUp  map[trace.ThreadID]moment // threads whose last event is that they gave up a P
	order   []lane
	stopped int // worlds that are stopped
}

type lane struct {
	place bool
	id    trace.ProcID
	last  moment  // of its last event
	open  []int32 // operations whose window ends with the next event
	all   []int32

	recheck trace.Time // see op
}

func (b *builder) event(ev trace.Event) {
	now := b.clock.read(ev.Thread(), ev.Time())
	since, gaveUp := b.gaveUp[ev.Thread()]
	delete(b.gaveUp, ev.Thread())
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
		switch st := ev.StateTransition(); st.Resource.Kind {
		case trace.ResourceGoroutine:
			b.goTransition(ev, now, st)
		case trace.ResourceProc:
			b.procTransition(ev, now, st)
			if from, _ := st.Proc(); gaveUp && from == trace.ProcIdle {
				b.order[b.place(st.Resource.Proc())].recheck = since.early
			}
		}
		return
	}
	b.close(b.laneOf(ev), now)
}

func (b *builder) goTransition(ev trace.Event, now moment, st trace.StateTransition) {
	l := b.laneOf(ev)
	g := st.Resource.Goroutine()
	from, to := st.Goroutine()
	k := get // that is, no put
	switch {
	case from == to || from == trace.GoUndetermined:
	case from == trace.GoRunnable && to == trace.GoRunning:
		b.add(l, op{kind: get, g: g, lo: b.order[l].last.early, hi: now.late, at: ev.Time(), recheck: b.order[l].recheck})
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
	b.close(l, now)
	if k != get {
		b.add(l, op{kind: k, g: g, lo: now.early, hi: -1, at: ev.Time()})
	}
}

// procTransition ends the window of what its P did. A P that stops by itself has looked
// into every queue.
func (b *builder) procTransition(ev trace.Event, now moment, st trace.StateTransition) {
	l := b.place(st.Resource.Proc())
	from, to := st.Proc()
	if from == trace.ProcRunning && to == trace.ProcIdle && ev.Proc() == st.Resource.Proc() && ev.Goroutine() == trace.NoGoroutine {
		b.add(l, op{kind: idle, lo: b.order[l].last.early, hi: now.late, at: ev.Time(), inSTW: b.stopped > 0})
		if b.stopped == 0 {
			b.gaveUp[ev.Thread()] = now
		}
	}
	b.close(l, now)
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
	b.order = append(b.order, lane{place: place, recheck: never})
	return int32(len(b.order) - 1)
}

// close ends the windows that are open in a lane.
func (b *builder) close(l int32, now moment) {
	for _, i := range b.order[l].open {
		b.history.ops[i].hi = now.late
	}
	b.order[l].open = b.order[l].open[:0]
	b.order[l].last, b.order[l].recheck = now, never
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
