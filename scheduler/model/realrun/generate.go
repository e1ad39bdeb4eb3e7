package realrun

import (
	"fmt"
	"math/rand/v2"
	"slices"

	"lab.example/gopark/internal/hint"
	"lab.example/gopark/scheduler/model"
)

// Class is a kind of random programs.
type Class struct {
	Name string
	Doc  string

	procs, ops int // at most, of each
	depth      int // of loops
	turns      int // of a loop, at most
	goroutines int // that the program can create, at most
	fewest     int // goroutines that a spawning loop aims at; 0: no such loop
	events     int // at most
	locks      bool
	selects    bool
	threads    bool
	batch      int // programs that are run together
}

// Classes are the classes of random programs. Small programs are quick and explore the
// operations; only large ones fill a ring or the global queue.
var Classes = []Class{
	{
		Name: "small", Doc: "a few goroutines and channels",
		procs: 4, ops: 6, depth: 2, turns: 5, goroutines: 100, events: 500, batch: 2000,
	},
	{
		Name: "sync", Doc: "with Mutex, RWMutex, Cond, WaitGroup, Goexit and panics",
		procs: 5, ops: 8, depth: 2, turns: 5, goroutines: 100, events: 800, locks: true, batch: 2000,
	},
	{
		Name: "long", Doc: "the same for longer: many ticks",
		procs: 7, ops: 12, depth: 3, turns: 9, goroutines: 200, events: 6000, locks: true, batch: 300,
	},
	{
		Name: "overflow", Doc: "more goroutines than a ring holds",
		procs: 4, ops: 6, depth: 2, turns: 5, goroutines: 2500, fewest: 260, events: 20_000, batch: 60,
	},
	{
		Name: "overflowsync", Doc: "the same, with locks",
		procs: 5, ops: 8, depth: 2, turns: 5, goroutines: 2500, fewest: 260, events: 20_000, locks: true, batch: 60,
	},
	{
		Name: "huge", Doc: "up to 100,000 goroutines",
		procs: 4, ops: 6, depth: 2, turns: 4, goroutines: 120_000, fewest: 10_000, events: 500_000, batch: 4,
	},
	{
		Name: "select", Doc: "with select of several cases",
		procs: 5, ops: 8, depth: 2, turns: 5, goroutines: 100, events: 800, locks: true, selects: true, batch: 2000,
	},
	{
		Name: "threads", Doc: "with goroutines that are locked to their threads",
		procs: 4, ops: 6, depth: 2, turns: 4, goroutines: 40, events: 400, locks: true, threads: true, batch: 200,
	},
}

// ClassNamed returns the class of that name.
func ClassNamed(name string) (Class, error) {
	i := slices.IndexFunc(Classes, func(c Class) bool { return c.Name == name })
	if i < 0 {
		var names []string
		for _, c := range Classes {
			names = append(names, c.Name)
		}
		err := fmt.Errorf("there is no class %q of random programs", name)
		return Class{}, hint.With(err, "%s", hint.Meant(name, names, fmt.Sprintf("the classes are %v", names)))
	}
	return Classes[i], nil
}

// Generate returns the program of that class and seed, and the tick at which to begin.
// It is the same everywhere. The program ends or blocks, within the bounds of its
// class, and never commits an error that is fatal for a whole process.
func Generate(c Class, seed uint64) Request {
	g := &generator{Class: c, rng: rand.New(rand.NewPCG(seed, 61))}
	for {
		p := g.program()
		goroutines, events := extent(p)
		if goroutines >= c.fewest && goroutines <= c.goroutines && events >= c.events/50 && events <= c.events {
			p.Name = fmt.Sprintf("%s-%d", c.Name, seed)
			return Request{p, uint32(g.rng.IntN(period))}
		}
	}
}

type generator struct {
	Class
	rng *rand.Rand
	p   *model.Program
	n   int // procedures
}

func (g *generator) upTo(n int) int { return 1 + g.rng.IntN(n) }

func (g *generator) chance(percent int) bool { return g.rng.IntN(100) < percent }

func (g *generator) program() *model.Program {
	g.p = &model.Program{}
	for range g.upTo(4) {
		g.p.Chans = append(g.p.Chans, []int{0, 0, 0, 1, 1, 2, 3}[g.rng.IntN(7)])
	}
	if g.chance(5) {
		g.p.Chans = append(g.p.Chans, model.NilChan)
	}
	if g.locks {
		g.p.Mutexes, g.p.RWMutexes = g.upTo(2), g.upTo(2)
		g.p.Conds = []int{g.rng.IntN(g.p.Mutexes)}
		for range g.upTo(2) {
			g.p.WaitGroups = append(g.p.WaitGroups, g.rng.IntN(6))
		}
	}
	g.n = g.upTo(g.procs-1) + 1
	crowd := -1 // the procedure that spawns a crowd
	if g.fewest > 0 {
		crowd = g.rng.IntN(min(2, g.n-1))
	}
	for proc := range g.n {
		ops := g.list(proc, 0)
		if proc == crowd {
			ops = slices.Insert(ops, g.early(len(ops)), g.crowd(proc))
		}
		switch {
		case proc == 0 && crowd == 1:
			ops = slices.Insert(ops, g.early(len(ops)), model.Do(model.Go, 1))
		case proc == 0 && crowd < 0: // a root that blocks first is the end of the program
			ops = slices.Insert(ops, g.early(len(ops)), g.later(0))
		}
		g.p.Procs = append(g.p.Procs, ops)
	}
	return g.p
}

func (g *generator) list(proc, depth int) []model.Op {
	var ops []model.Op
	for range g.upTo(max(1, g.ops>>depth)) {
		ops = append(ops, g.op(proc, depth)...)
	}
	return ops
}

// early returns where to insert something into n operations: mostly before them.
func (g *generator) early(n int) int {
	if g.chance(75) {
		return 0
	}
	return g.rng.IntN(n + 1)
}

// later is the start of a later procedure: so no procedure starts itself, and programs
// end.
func (g *generator) later(proc int) model.Op {
	if proc+1 >= g.n {
		return model.Do(model.Yield)
	}
	return model.Do(model.Go, proc+1+g.rng.IntN(g.n-proc-1))
}

// crowd is a loop that starts many goroutines. It gives way from time to time: to start
// some tens of thousands takes longer than a time slice.
func (g *generator) crowd(proc int) model.Op {
	const slice = 2000
	n := g.fewest + g.rng.IntN(g.fewest*4)
	body := []model.Op{g.later(proc)}
	if g.chance(30) {
		body = append(body, g.simple())
	}
	if n <= slice {
		return model.Times(n, body...)
	}
	return model.Times(n/slice, model.Times(slice, body...), model.Do(model.Yield))
}

// simple is an operation that concerns a channel, or nothing. Too many that block, and
// a program is over before it has begun.
func (g *generator) simple() model.Op {
	c := g.rng.IntN(len(g.p.Chans))
	switch n := g.rng.IntN(100); {
	case n < 12:
		return model.Do(model.Mark, g.rng.IntN(9))
	case n < 38:
		return model.Do(model.Yield)
	case n < 58:
		return model.Do(model.Send, c)
	case n < 78:
		return model.Do(model.Recv, c)
	case n < 89:
		return model.Do(model.TrySend, c)
	default:
		return model.Do(model.TryRecv, c)
	}
}

func (g *generator) op(proc, depth int) []model.Op {
	switch n := g.rng.IntN(100); {
	case n < 22:
		return model.Ops(g.later(proc))
	case n < 44 && depth < g.depth:
		return model.Ops(model.Times(g.upTo(g.turns), g.list(proc, depth+1)...))
	case n < 46:
		return model.Ops(model.Do(model.Close, g.rng.IntN(len(g.p.Chans))))
	case n < 62 && g.threads:
		return g.threading(proc, depth)
	case n < 62 && g.selects:
		return model.Ops(g.choice())
	case n < 74 && g.locks:
		return g.locking(proc, depth)
	}
	return model.Ops(g.simple())
}

// locking returns operations of package sync. What is unlocked was locked by the same
// goroutine: anything else can be fatal for the process.
func (g *generator) locking(proc, depth int) []model.Op {
	inside := func(before, after model.Op) []model.Op {
		ops := []model.Op{before}
		if depth < g.depth {
			ops = append(ops, g.list(proc, depth+1)...)
		} else {
			ops = append(ops, g.simple())
		}
		return append(ops, after)
	}
	m := g.rng.IntN(g.p.Mutexes)
	rw := g.rng.IntN(g.p.RWMutexes)
	wg := g.rng.IntN(len(g.p.WaitGroups))
	switch n := g.rng.IntN(100); {
	case n < 36:
		return inside(model.Do(model.Lock, m), model.Do(model.Unlock, m))
	case n < 46:
		return inside(model.Do(model.RLock, rw), model.Do(model.RUnlock, rw))
	case n < 54:
		return inside(model.Do(model.WLock, rw), model.Do(model.WUnlock, rw))
	case n < 62:
		m = g.p.Conds[0]
		return model.Ops(model.Do(model.Lock, m), model.Do(model.CondWait, 0), model.Do(model.Unlock, m))
	case n < 70:
		return model.Ops(model.Do(model.Signal, 0))
	case n < 78:
		return model.Ops(model.Do(model.Broadcast, 0))
	case n < 86:
		return model.Ops(model.Do(model.Done, wg))
	case n < 94:
		return model.Ops(model.Do(model.Wait, wg))
	case n < 98:
		return model.Ops(model.Do(model.Add, wg))
	default:
		return model.Ops(model.Do(model.Goexit))
	}
}

// threading returns operations on a thread of one's own. Mostly it is given back; who ends
// before ends the thread.
func (g *generator) threading(proc, depth int) []model.Op {
	ops := []model.Op{model.Do(model.LockThread)}
	if depth < g.depth {
		ops = append(ops, g.list(proc, depth+1)...)
	} else {
		ops = append(ops, g.simple())
	}
	if g.chance(80) {
		ops = append(ops, model.Do(model.UnlockThread))
	}
	return ops
}

// choice returns a select. No case occurs twice: which of the two would be taken after
// waiting is decided by lot, and cannot be replayed.
func (g *generator) choice() model.Op {
	op := model.Op{Kind: model.Select, Default: g.chance(25)}
	for range g.upTo(4) {
		c := model.Case{Send: g.chance(50), Chan: g.rng.IntN(len(g.p.Chans))}
		if !slices.Contains(op.Cases, c) {
			op.Cases = append(op.Cases, c)
		}
	}
	return op
}

// extent returns upper bounds of the number of goroutines that p creates and of its
// events, for a program in which no procedure starts itself, directly or not.
func extent(p *model.Program) (goroutines, events int) {
	const most = 1 << 30
	add := func(a, b int) int { return min(a+b, most) }
	gs, es := make([]int, len(p.Procs)), make([]int, len(p.Procs))
	var walk func(ops []model.Op) (int, int)
	walk = func(ops []model.Op) (g, e int) {
		for _, op := range ops {
			switch op.Kind {
			case model.Rep:
				bg, be := walk(op.Body)
				g, e = add(g, min(op.Arg*bg, most)), add(e, min(op.Arg*be, most))
			case model.Go:
				g, e = add(g, gs[op.Arg]), add(e, 1+es[op.Arg])
			default:
				e = add(e, 1)
			}
		}
		return g, e
	}
	for i := len(p.Procs) - 1; i >= 0; i-- {
		g, e := walk(p.Procs[i])
		gs[i], es[i] = 1+g, 1+e
	}
	return gs[0], es[0]
}
