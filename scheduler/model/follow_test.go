package model_test

import (
	"fmt"

	"lab.example/gopark/scheduler/model"
)

// followsProgram checks an order without knowing any scheduler: each goroutine makes
// the events of its procedure, in that order, and ends with its exit, a panic or a
// Goexit, or stops in the middle.
func followsProgram(p *model.Program, order []model.Event) error {
	f := &follower{p: p}
	f.layOut()
	f.start(0)
	for i, e := range order {
		if err := f.event(e); err != nil {
			return fmt.Errorf("event %d, %v: %w", i, e, err)
		}
	}
	return nil
}

type follower struct {
	p       *model.Program
	ops     []model.Op // by pc; Rep for both ends of a loop
	end     map[int]int
	begin   map[int]int
	entries []int
	exits   map[int]bool
	gs      []*walker
}

type walker struct {
	pc     int
	counts map[int]int
	ended  bool
}

func (f *follower) layOut() {
	f.end, f.begin, f.exits = map[int]int{}, map[int]int{}, map[int]bool{}
	var list func(ops []model.Op)
	list = func(ops []model.Op) {
		for _, op := range ops {
			at := len(f.ops)
			f.ops = append(f.ops, op)
			if op.Kind == model.Rep {
				list(op.Body)
				f.end[at], f.begin[len(f.ops)] = len(f.ops), at
				f.ops = append(f.ops, op)
			}
		}
	}
	for _, ops := range f.p.Procs {
		f.entries = append(f.entries, len(f.ops))
		list(ops)
		f.exits[len(f.ops)] = true
		f.ops = append(f.ops, model.Op{})
	}
}

func (f *follower) start(proc int) {
	w := &walker{pc: f.entries[proc], counts: map[int]int{}}
	f.gs = append(f.gs, w)
	f.loops(w)
}

// loops moves a goroutine over the ends of loops, to the next operation with an event.
func (f *follower) loops(w *walker) {
	for !f.exits[w.pc] && f.ops[w.pc].Kind == model.Rep {
		if end, ok := f.end[w.pc]; ok {
			w.counts[end] = f.ops[w.pc].Arg
			w.pc++
			continue
		}
		if w.counts[w.pc]--; w.counts[w.pc] > 0 {
			w.pc = f.begin[w.pc] + 1
		} else {
			w.pc++
		}
	}
}

func (f *follower) event(e model.Event) error {
	for int(e.G) >= len(f.gs) && len(f.p.Timers) > 0 {
		f.start(f.p.Timers[0]) // nobody said go: a timer did
	}
	if int(e.G) >= len(f.gs) {
		return fmt.Errorf("nobody started goroutine %d", e.G)
	}
	w := f.gs[e.G]
	switch {
	case w.ended:
		return fmt.Errorf("goroutine %d has ended", e.G)
	case int(e.PC) != w.pc && len(f.p.Timers) > 0:
		return nil // its number may have been given to one that a timer started
	case int(e.PC) != w.pc:
		return fmt.Errorf("goroutine %d is at %d", e.G, w.pc)
	case f.exits[w.pc]:
		w.ended = true
		return nil
	}
	op := f.ops[w.pc]
	if op.Kind == model.Goexit || e.Res == 1001 || e.Res == 1 && op.Kind != model.TrySend &&
		op.Kind != model.TryRecv && op.Kind != model.Select && op.Kind != model.Stop && op.Kind != model.Reset {
		w.ended = true
		return nil
	}
	if op.Kind == model.Go {
		f.start(op.Arg)
	}
	w.pc++
	f.loops(w)
	return nil
}
