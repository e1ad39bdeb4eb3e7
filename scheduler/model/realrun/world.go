package realrun

import (
	"fmt"
	"runtime"
	"strings"
	"sync"
	"time"

	"lab.example/gopark/scheduler/model"
)

// Bounds of one run. A program that exceeds them is stopped, and its status is
// TooLong.
const (
	MaxEvents     = 1 << 20
	MaxGoroutines = 1 << 17
	maxTurns      = 1 << 24 // of loops: a loop may be empty
)

// entry is an event and the moment at which it was noted.
type entry struct {
	model.Event
	at int64 // ns since world.base
}

// life is what is noted about a goroutine.
type life struct {
	pc    uint32 // the operation that it is at
	over  bool
	began int64 // when it ran first, in ns since world.base
}

// book is the memory that a run writes to: allocated, and every page of it touched,
// before the run. It serves one run after the other.
type book struct {
	log    []entry
	lives  []life
	sights []sight // one for each entry, if there is an eye
}

func newBook(sees bool) *book {
	b := &book{log: make([]entry, MaxEvents), lives: make([]life, MaxGoroutines)}
	if sees {
		b.sights = make([]sight, MaxEvents)
	}
	for i := range b.sights {
		b.sights[i].tick = 1
	}
	for i := range b.log {
		b.log[i].at = 1
	}
	for i := range b.lives {
		b.lives[i].began = 1
	}
	return b
}

// world is what the goroutines of one run share. Nothing in it is guarded: there is one
// P, and a run in which the runtime preempted somebody does not count.
type world struct {
	*layout
	chans   []chan struct{}
	mutexes []sync.Mutex
	rws     []sync.RWMutex
	conds   []*sync.Cond
	groups  []sync.WaitGroup

	base    time.Time
	book    *book
	n       int    // events
	turns   int    // of loops
	last    uint32 // the goroutine that was created last
	ended   int    // goroutines that have ended
	started int    // goroutines that ran
	full    bool   // a bound was exceeded, and everything stopped

	parked  bool  // the driver waits: nothing but the run is runnable
	aligned bool  // the run began at the tick that was asked for
	goesOn  bool  // after the driver woke
	ready   int64 // a moment before the root's first time slice

	eye     *eye    // nil: the runtime's state cannot be read
	began   sight   // when the program began; next is the ID of the root
	first   uint32  // the ID of the goroutine that was created first
	slice   slice   // if there is an eye
	locks   stateOf // of mutexes
	starved bool    // a mutex was
}

func newWorld(p *model.Program, l *layout, b *book) *world {
	w := &world{
		layout: l, book: b,
		chans:   make([]chan struct{}, len(p.Chans)),
		mutexes: make([]sync.Mutex, p.Mutexes),
		rws:     make([]sync.RWMutex, p.RWMutexes),
		conds:   make([]*sync.Cond, len(p.Conds)),
		groups:  make([]sync.WaitGroup, len(p.WaitGroups)),
	}
	for i, capacity := range p.Chans {
		if capacity != model.NilChan {
			w.chans[i] = make(chan struct{}, capacity)
		}
	}
	for i, m := range p.Conds {
		w.conds[i] = sync.NewCond(&w.mutexes[m])
	}
	for i, n := range p.WaitGroups {
		w.groups[i].Add(n)
	}
	return w
}

func (w *world) now() int64 { return int64(time.Since(w.base)) }

// note records that goroutine id finished the operation at pc.
func (w *world) note(id, pc uint32, res int32) {
	if w.n == MaxEvents {
		w.stop()
	}
	if w.eye == nil {
		w.book.log[w.n] = entry{model.Event{G: id, PC: pc, Res: res}, w.now()}
	} else {
		s := w.eye.look()
		at := w.now()
		w.book.log[w.n] = entry{model.Event{G: id, PC: pc, Res: res}, at}
		w.book.sights[w.n] = s
		w.slice.seen(s.tick, at)
	}
	w.n++
}

// stop ends the run: its caller stops here, and so does everybody at the next event.
func (w *world) stop() {
	w.full = true
	select {}
}

// goroutine is all that goroutine id does, beginning at pc. A panic of an operation
// ends it, and is an event.
func (w *world) goroutine(id, pc uint32) {
	me := &w.book.lives[id]
	w.started++
	if w.eye == nil {
		*me = life{pc: pc, began: w.now()}
	} else {
		tick := *w.eye.tick
		*me = life{pc: pc, began: w.now()}
		w.slice.seen(tick, me.began)
	}
	defer func() {
		if r := recover(); r != nil {
			w.panicked(id, me.pc, r)
		}
		me.over = true
		w.ended++
	}()
	w.interpret(id, me)
}

// interpret runs the program to the end of the procedure. Its frame must stay small: a
// goroutine is born with 2 KiB of stack, and growing it takes time.
func (w *world) interpret(id uint32, me *life) {
	var some [4]uint32
	left := some[:] // of each loop around pc: how many turns
	if w.depth > len(some) {
		left = make([]uint32, w.depth)
	}
	pc := &me.pc
	for {
		in := &w.ins[*pc]
		res := int32(0)
		switch in.op {
		case opExit:
			w.note(id, *pc, 0)
			return
		case opcode(model.Rep):
			left[in.depth] = in.arg
			*pc++
			continue
		case opEnd:
			w.turn()
			if left[in.depth]--; left[in.depth] > 0 {
				*pc = in.arg
			} else {
				*pc++
			}
			continue
		case opcode(model.Go):
			w.spawn(w.entries[in.arg])
		case opcode(model.Goexit):
			w.note(id, *pc, 0)
			runtime.Goexit()
		default:
			res = w.operate(in)
		}
		w.note(id, *pc, res)
		*pc++
	}
}

func (w *world) turn() {
	if w.turns++; w.turns > maxTurns || w.full {
		w.stop()
	}
}

func (w *world) spawn(pc uint32) {
	if w.last+1 == MaxGoroutines {
		w.stop()
	}
	w.last++
	go w.goroutine(w.last, pc)
	if w.last == 1 && w.eye != nil {
		w.first = w.eye.look().next
	}
}

// operate does what in says, and returns the result.
func (w *world) operate(in *instr) int32 {
	switch model.Kind(in.op) {
	case model.Mark:
	case model.Yield:
		runtime.Gosched()
	case model.Send:
		w.chans[in.arg] <- struct{}{}
	case model.Recv:
		<-w.chans[in.arg]
	case model.Close:
		close(w.chans[in.arg])
	case model.TrySend:
		select {
		case w.chans[in.arg] <- struct{}{}:
			return 1
		default:
		}
	case model.TryRecv:
		select {
		case <-w.chans[in.arg]:
			return 1
		default:
		}
	case model.Select:
		return w.choose(in.sel)
	case model.Lock:
		w.mutexes[in.arg].Lock()
	case model.Unlock:
		w.starved = w.starved || w.locks.starves(&w.mutexes[in.arg])
		w.mutexes[in.arg].Unlock()
	case model.RLock:
		w.rws[in.arg].RLock()
	case model.RUnlock:
		w.rws[in.arg].RUnlock()
	case model.WLock:
		w.rws[in.arg].Lock()
	case model.WUnlock:
		w.starved = w.starved || w.locks.starvesRW(&w.rws[in.arg])
		w.rws[in.arg].Unlock()
	case model.Add:
		w.groups[in.arg].Add(1)
	case model.Done:
		w.groups[in.arg].Done()
	case model.Wait:
		w.groups[in.arg].Wait()
	case model.CondWait:
		w.starved = w.starved || w.locks.starves(w.conds[in.arg].L.(*sync.Mutex))
		w.conds[in.arg].Wait()
	case model.Signal:
		w.conds[in.arg].Signal()
	case model.Broadcast:
		w.conds[in.arg].Broadcast()
	case model.LockThread:
		runtime.LockOSThread()
	case model.UnlockThread:
		runtime.UnlockOSThread()
	}
	return 0
}

// panicked notes the panic of the operation at pc.
func (w *world) panicked(id, pc uint32, r any) {
	if !expected(r) {
		panic(r) // a mistake in this package, not in the program
	}
	res := int32(1)
	if op := model.Kind(w.ins[pc].op); op == model.TrySend || op == model.Select {
		res = 1001
	}
	w.note(id, pc, res)
}

// expected reports whether r is a panic that an operation of a program can have. It
// formats nothing: that would take more stack than a goroutine is born with.
func expected(r any) bool {
	text, _ := r.(string) // those of sync.WaitGroup
	if err, ok := r.(runtime.Error); ok {
		text = err.Error()
	}
	return text == "send on closed channel" || strings.HasPrefix(text, "close of ") || strings.HasPrefix(text, "sync: ")
}

// status says how the run ended, in the words of recorded files.
func (w *world) status() string {
	switch blocked := int(w.last) + 1 - w.ended; {
	case w.full:
		return TooLong
	case blocked == 0:
		return "all exited"
	default:
		return fmt.Sprintf("%d goroutines blocked forever", blocked)
	}
}
