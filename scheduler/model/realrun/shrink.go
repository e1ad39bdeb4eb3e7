package realrun

import (
	"context"
	"iter"
	"slices"
	"strings"
	"time"

	"lab.example/gopark/scheduler/model"
)

// Reduce makes the program of a mismatch smaller, as long as a valid run of what is left
// differs from the model, too. It returns m if it finds nothing smaller, and what it has
// when half a minute has passed.
func Reduce(ctx context.Context, m *Mismatch, rules model.Rules) *Mismatch {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	best := m
	Shrink(m.Program, func(candidates []*model.Program) int {
		var requests []Request
		var index []int
		for i, p := range candidates {
			if !fatal(ctx, p, m.Tick0) {
				requests = append(requests, Request{p, m.Tick0})
				index = append(index, i)
			}
		}
		runs, _ := Do(ctx, requests) // after an error, those that there are
		for i, run := range runs {
			if !run.Valid {
				continue
			}
			if found := Diff(ctx, requests[i], run, rules); found != nil && ctx.Err() == nil {
				best = found
				return index[i]
			}
		}
		return -1
	})
	return best
}

const patience = 30 * time.Second

// fatal reports whether the model thinks that p kills its process. Of a program that
// locks and unlocks in pairs, a part may not.
func fatal(ctx context.Context, p *model.Program, tick0 uint32) bool {
	result, err := model.Run(ctx, p, model.Config{Tick0: tick0})
	return err == nil && strings.HasPrefix(result.Status, "fatal")
}

// together is how many candidates are tried at a time.
const together = 64

// Shrink returns a program that is as bad as p and that is bad no longer when any one
// thing is taken away: an operation, a loop around its body, a turn of a loop, a case of
// a select, a place in a buffer. Which are bad is known by first, which returns the index
// of the first of some programs that is, or -1. Shrink does not change p.
func Shrink(p *model.Program, first func([]*model.Program) int) *model.Program {
	for {
		smaller := shrinkOnce(p, first)
		if smaller == nil {
			return p
		}
		p = smaller
	}
}

func shrinkOnce(p *model.Program, first func([]*model.Program) int) *model.Program {
	for some := range chunks(candidates(p)) {
		if i := first(some); i >= 0 {
			return some[i]
		}
	}
	return nil
}

// chunks collects what all yields into slices of at most together.
func chunks(all iter.Seq[*model.Program]) iter.Seq[[]*model.Program] {
	return func(yield func([]*model.Program) bool) {
		var some []*model.Program
		for p := range all {
			if some = append(some, p); len(some) < together {
				continue
			}
			if !yield(some) {
				return
			}
			some = nil
		}
		if some != nil {
			yield(some)
		}
	}
}

// candidates yields the programs that are p with something taken away, those first that
// lack most.
func candidates(p *model.Program) iter.Seq[*model.Program] {
	return func(yield func(*model.Program) bool) {
		// with reports false if nobody wants more.
		with := func(change func(*model.Program) bool) bool {
			q := clone(p)
			return !change(q) || q.Validate() != nil || yield(q)
		}
		for proc := range p.Procs {
			if !with(func(q *model.Program) bool { return dropProc(q, proc) }) {
				return
			}
		}
		for i, list := range lists(p) {
			for size := len(*list); size > 0; size /= 2 {
				for from := 0; from+size <= len(*list); from += size {
					if !with(func(q *model.Program) bool { return dropOps(q, i, from, size) }) {
						return
					}
				}
			}
		}
		for i, list := range lists(p) {
			for at := range *list {
				for _, simplify := range simplifications {
					if !with(func(q *model.Program) bool { return simplify(lists(q)[i], at) }) {
						return
					}
				}
			}
		}
		for _, drop := range dropThings(p) {
			if !with(drop) {
				return
			}
		}
	}
}

func dropOps(p *model.Program, list, from, size int) bool {
	ops := lists(p)[list]
	*ops = slices.Delete(*ops, from, from+size)
	return true
}

// simplifications each change the operation at a place of a list into something
// simpler, or report false if they cannot.
var simplifications = []func(ops *[]model.Op, at int) bool{
	func(ops *[]model.Op, at int) bool { return setArg(ops, at, model.Rep, 1) },
	func(ops *[]model.Op, at int) bool { return setArg(ops, at, model.Rep, (*ops)[at].Arg/2) },
	func(ops *[]model.Op, at int) bool { return setArg(ops, at, model.Rep, (*ops)[at].Arg*7/8) },
	func(ops *[]model.Op, at int) bool { return setArg(ops, at, model.Rep, (*ops)[at].Arg*63/64) }, // one less, from 64 on down
	func(ops *[]model.Op, at int) bool {
		op := (*ops)[at]
		if op.Kind != model.Rep || op.Arg > 1 {
			return false
		}
		*ops = slices.Replace(*ops, at, at+1, op.Body...)
		return true
	},
	func(ops *[]model.Op, at int) bool {
		op := &(*ops)[at]
		if op.Kind != model.Select || len(op.Cases) == 0 {
			return false
		}
		op.Cases = op.Cases[1:]
		return true
	},
	func(ops *[]model.Op, at int) bool {
		op := &(*ops)[at]
		if op.Kind != model.Select || len(op.Cases) == 0 {
			return false
		}
		op.Cases = op.Cases[:len(op.Cases)-1]
		return true
	},
	func(ops *[]model.Op, at int) bool { return setArg(ops, at, model.Mark, 0) },
}

// setArg changes the argument of an operation of that kind to a smaller one.
func setArg(ops *[]model.Op, at int, kind model.Kind, arg int) bool {
	op := &(*ops)[at]
	if op.Kind != kind || arg >= op.Arg || kind == model.Rep && arg < 1 {
		return false
	}
	op.Arg = arg
	return true
}

// dropThings returns changes of the channels, mutexes and so on. Of things that nobody
// uses the last can go: a program that lacks one that is used is not valid.
func dropThings(p *model.Program) []func(*model.Program) bool {
	var all []func(*model.Program) bool
	for i := range p.Chans {
		all = append(all, func(q *model.Program) bool { q.Chans[i]--; return q.Chans[i] >= 0 })
	}
	for i := range p.WaitGroups {
		all = append(all, func(q *model.Program) bool { q.WaitGroups[i]--; return q.WaitGroups[i] >= 0 })
	}
	return append(all,
		func(q *model.Program) bool { return dropLast(&q.Chans) },
		func(q *model.Program) bool { return dropLast(&q.WaitGroups) },
		func(q *model.Program) bool { return dropLast(&q.Conds) },
		func(q *model.Program) bool { q.Mutexes--; return q.Mutexes >= 0 },
		func(q *model.Program) bool { q.RWMutexes--; return q.RWMutexes >= 0 },
	)
}

func dropLast(things *[]int) bool {
	if len(*things) == 0 {
		return false
	}
	*things = (*things)[:len(*things)-1]
	return true
}

// dropProc removes a procedure and every go that starts it.
func dropProc(p *model.Program, proc int) bool {
	if proc == 0 {
		return false
	}
	p.Procs = slices.Delete(p.Procs, proc, proc+1)
	for _, ops := range lists(p) {
		*ops = slices.DeleteFunc(*ops, func(op model.Op) bool { return op.Kind == model.Go && op.Arg == proc })
		for i := range *ops {
			if op := &(*ops)[i]; op.Kind == model.Go && op.Arg > proc {
				op.Arg--
			}
		}
	}
	return true
}

// lists returns the lists of operations of a program: those of the procedures, each
// followed by the bodies of its loops.
func lists(p *model.Program) []*[]model.Op {
	var all []*[]model.Op
	var walk func(ops *[]model.Op)
	walk = func(ops *[]model.Op) {
		all = append(all, ops)
		for i := range *ops {
			if (*ops)[i].Kind == model.Rep {
				walk(&(*ops)[i].Body)
			}
		}
	}
	for i := range p.Procs {
		walk(&p.Procs[i])
	}
	return all
}

// clone returns a copy of p that shares nothing with it.
func clone(p *model.Program) *model.Program {
	q := *p
	for _, things := range []*[]int{&q.Chans, &q.Conds, &q.WaitGroups, &q.Timers} {
		*things = slices.Clone(*things)
	}
	q.Procs = make([][]model.Op, len(p.Procs))
	for i := range p.Procs {
		q.Procs[i] = cloneOps(p.Procs[i])
	}
	return &q
}

func cloneOps(ops []model.Op) []model.Op {
	ops = slices.Clone(ops)
	for i := range ops {
		ops[i].Body = cloneOps(ops[i].Body)
		ops[i].Cases = slices.Clone(ops[i].Cases)
	}
	return ops
}
