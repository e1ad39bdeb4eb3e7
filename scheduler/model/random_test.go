package model_test

import (
	"math/rand/v2"
	"time"

	"lab.example/gopark/scheduler/model"
)

// generator makes random programs, of all operations or of those that take no time.
type generator struct {
	*rand.Rand
	withTime bool
	p        *model.Program
	nprocs   int
}

func randomProgram(seed uint64, withTime bool) *model.Program {
	g := &generator{Rand: rand.New(rand.NewPCG(seed, 1)), withTime: withTime, p: &model.Program{}}
	for range 1 + g.IntN(4) {
		g.p.Chans = append(g.p.Chans, []int{0, 0, 1, 3, model.NilChan}[g.IntN(5)])
	}
	g.p.Mutexes = 1 + g.IntN(2)
	g.p.RWMutexes = 1
	g.p.Conds = []int{g.IntN(g.p.Mutexes)}
	g.p.WaitGroups = []int{g.IntN(5)}
	g.nprocs = 1 + g.IntN(5)
	if withTime {
		g.p.Timers = []int{g.IntN(g.nprocs)}
	}
	for i := range g.nprocs {
		g.p.Procs = append(g.p.Procs, g.body(1+g.IntN(8), 0, i))
	}
	return g.p
}

func (g *generator) body(n, depth, proc int) []model.Op {
	var ops []model.Op
	for range n {
		ops = append(ops, g.op(depth, proc)...)
	}
	return ops
}

func (g *generator) op(depth, proc int) []model.Op {
	ch := func() int { return g.IntN(len(g.p.Chans)) }
	mu := g.IntN(g.p.Mutexes)
	d := time.Duration(1+g.IntN(12_000)) * time.Microsecond
	kinds := 22
	if g.withTime {
		kinds = 30
	}
	switch g.IntN(kinds) {
	case 0, 1:
		return model.Ops(model.Do(model.Mark, g.IntN(8)))
	case 2, 3:
		return model.Ops(model.Do(model.Yield))
	case 4, 5:
		return model.Ops(model.Do(model.Send, ch()))
	case 6, 7:
		return model.Ops(model.Do(model.Recv, ch()))
	case 8:
		return model.Ops(model.Do(model.TrySend, ch()), model.Do(model.TryRecv, ch()))
	case 9:
		return model.Ops(model.Do(model.Close, ch()))
	case 10, 11, 12:
		if proc+1 < g.nprocs {
			return model.Ops(model.Do(model.Go, proc+1+g.IntN(g.nprocs-proc-1))) // no cycles: it ends
		}
		return model.Ops(model.Do(model.Yield))
	case 13, 14:
		if depth < 3 {
			return model.Ops(model.Times(1+g.IntN(5), g.body(1+g.IntN(3), depth+1, proc)...))
		}
		return nil
	case 15, 16:
		return model.Ops(model.Do(model.Lock, mu), model.Do(model.Yield), model.Do(model.Unlock, mu))
	case 17:
		return model.Ops(model.Do(model.RLock, 0), model.Do(model.Yield), model.Do(model.RUnlock, 0))
	case 18:
		return model.Ops(model.Do(model.WLock, 0), model.Do(model.Yield), model.Do(model.WUnlock, 0))
	case 19:
		return model.Ops(model.Do(model.Done, 0), model.Do(model.Wait, 0))
	case 20:
		l := g.p.Conds[0]
		if g.IntN(2) == 0 {
			return model.Ops(model.Do(model.Lock, l), model.Do(model.CondWait, 0), model.Do(model.Unlock, l))
		}
		return model.Ops(model.Do(model.Signal, 0), model.Do(model.Broadcast, 0))
	case 21:
		var cases []model.Case
		for range g.IntN(4) {
			cases = append(cases, model.Case{Send: g.IntN(2) == 0, Chan: ch()})
		}
		return model.Ops(model.Op{Kind: model.Select, Cases: cases, Default: g.IntN(2) == 0})
	case 22, 23:
		return model.Ops(model.For(model.Sleep, d))
	case 24:
		return model.Ops(model.For(model.CPU, d))
	case 25:
		return model.Ops(model.For(model.Syscall, d))
	case 26, 27:
		return model.Ops(model.For(model.Net, d))
	case 28:
		return model.Ops(model.After(0, d), model.Do(model.Stop, 0), model.After(0, d))
	default:
		if g.IntN(2) == 0 {
			return model.Ops(model.Do(model.Priority, g.IntN(4)))
		}
		return model.Ops(model.Do(model.LockThread), model.Do(model.Yield), model.For(model.Sleep, d), model.Do(model.UnlockThread))
	}
}

// randomCrowd makes a program that starts many goroutines, again and again, which meet at
// few channels and mutexes: queues grow long, rings overflow, mutexes starve, slots are
// used again.
func randomCrowd(seed uint64) *model.Program {
	g := &generator{Rand: rand.New(rand.NewPCG(seed, 2)), p: &model.Program{}}
	for range 3 {
		g.p.Chans = append(g.p.Chans, []int{0, 0, 1, 5, model.NilChan}[g.IntN(5)])
	}
	g.p.Mutexes = 2
	kinds := 2 + g.IntN(8) // some crowds do only a few kinds of things
	var spawns []model.Op
	g.p.Procs = append(g.p.Procs, nil)
	for i := range 1 + g.IntN(4) {
		var ops []model.Op
		for range 1 + g.IntN(5) {
			ops = append(ops, g.meeting(g.IntN(kinds))...)
		}
		if g.IntN(2) == 0 {
			ops = model.Ops(model.Times(1+g.IntN(4), ops...))
		}
		g.p.Procs = append(g.p.Procs, ops)
		spawns = append(spawns, model.Times(1+g.IntN([]int{5, 40, 300}[g.IntN(3)]), model.Do(model.Go, i+1)))
		if g.IntN(2) == 0 {
			spawns = append(spawns, model.Do(model.Yield))
		}
	}
	root := append(spawns, model.Do(model.Yield), model.Do(model.Yield))
	if g.IntN(4) == 0 {
		root = append(root, model.Do(model.Close, g.IntN(3)))
	}
	g.p.Procs[0] = model.Ops(model.Times(1+g.IntN(4), root...))
	return g.p
}

func (g *generator) meeting(kind int) []model.Op {
	ch, mu := g.IntN(3), g.IntN(2)
	switch kind {
	case 0, 1:
		return model.Ops(model.Do(model.Lock, mu), model.Do(model.Yield), model.Do(model.Unlock, mu))
	case 2:
		return model.Ops(model.Do(model.Send, ch))
	case 3:
		return model.Ops(model.Do(model.Recv, ch))
	case 4:
		return model.Ops(model.Do(model.Send, ch), model.Do(model.Recv, g.IntN(3)))
	case 5:
		return model.Ops(model.Do(model.Yield), model.Do(model.Mark, 0))
	case 6:
		return model.Ops(model.Do(model.Lock, mu), model.For(model.CPU, time.Duration(g.IntN(900))*time.Microsecond), model.Do(model.Unlock, mu))
	case 7:
		return model.Ops(model.Do(model.Lock, mu), model.Do(model.Send, ch), model.Do(model.Unlock, mu))
	case 8:
		return model.Ops(model.Op{Kind: model.Select, Cases: []model.Case{{Send: g.IntN(2) == 0, Chan: ch}}})
	default:
		return model.Ops(model.For(model.CPU, time.Duration(g.IntN(4_000))*time.Microsecond))
	}
}

// randomLockers makes a program whose goroutines hold one of two mutexes for about as long
// as it takes to starve: some mutexes starve and recover, again and again.
func randomLockers(seed uint64) *model.Program {
	g := &generator{Rand: rand.New(rand.NewPCG(seed, 3)), p: &model.Program{Mutexes: 2}}
	pause := func() model.Op {
		if g.IntN(2) == 0 {
			return model.Do(model.Yield)
		}
		return model.For(model.CPU, time.Duration(g.IntN(600))*time.Microsecond)
	}
	var root []model.Op
	g.p.Procs = append(g.p.Procs, nil)
	for i := range 2 + g.IntN(6) {
		mu := g.IntN(4) / 3 // mostly the first
		ops := model.Ops(model.Do(model.Lock, mu), pause(), model.Do(model.Unlock, mu))
		if g.IntN(2) == 0 {
			ops = append(ops, pause())
		}
		g.p.Procs = append(g.p.Procs, model.Ops(model.Times(1+g.IntN(6), ops...)))
		root = append(root, model.Do(model.Go, i+1))
	}
	g.p.Procs[0] = root
	return g.p
}
