package probe

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"sort"
	"sync/atomic"

	"github.com/anishathalye/porcupine"
)

// most is how many steps of a model one search for an order may take.
const most = 1_000_000

// contradiction returns "" if some order explains ops, else a message that names those
// that contradict each other.
func contradiction(model porcupine.Model, ops []porcupine.Operation) string {
	parts := [][]porcupine.Operation{ops}
	if model.Partition != nil {
		parts = model.Partition(ops)
	}
	for _, part := range parts {
		s := search{model: model, ops: part, most: most}
		if legal, known := s.explained(len(part), -1); !known {
			return fmt.Sprintf("in %d steps no order of the %d calls was found that explains what came out, and there may be one", most, len(part))
		} else if !legal {
			return s.culprits()
		}
	}
	return ""
}

// search looks for orders of ops, which it sorts by their returns.
type search struct {
	model porcupine.Model
	ops   []porcupine.Operation
	most  int64 // steps
}

// culprits names the calls that contradict each other, if no order explains all.
//
//  1. The earliest return that no order explains: a history stays wrong as it goes on, so
//     a binary search finds it.
//  2. The call without which there would be an order until then. Those that overlap it go
//     before those that had returned, late ones before early ones: the nearest is the most
//     likely. There may be none.
func (s *search) culprits() string {
	slices.SortFunc(s.ops, func(a, b porcupine.Operation) int { return cmp.Compare(a.Return, b.Return) })
	n := 1 + sort.Search(len(s.ops)-1, func(i int) bool {
		legal, known := s.explained(i+1, -1)
		return known && !legal
	})
	last := s.ops[n-1]
	message := "no order of the calls explains what came out: " + s.text(last)

	var others []int
	for i, op := range s.ops {
		if i != n-1 && op.Call < last.Return {
			others = append(others, i)
		}
	}
	overlaps := func(i int) bool { return s.ops[i].Return > last.Call }
	slices.SortFunc(others, func(a, b int) int {
		if overlaps(a) != overlaps(b) {
			if overlaps(a) {
				return -1
			}
			return 1
		}
		return cmp.Compare(s.ops[b].Call, s.ops[a].Call)
	})
	for _, i := range others {
		if legal, known := s.explained(n, i); legal && known {
			when := "at the same time"
			if !overlaps(i) {
				when = "and had returned before"
			}
			return fmt.Sprintf("%s, but %s %s", message, s.text(s.ops[i]), when)
		}
	}
	return message
}

func (s *search) text(op porcupine.Operation) string {
	what := fmt.Sprintf("%v -> %v", op.Input, op.Output)
	if s.model.DescribeOperation != nil {
		what = s.model.DescribeOperation(op.Input, op.Output)
	}
	return fmt.Sprintf("client %d called %s", op.ClientId, what)
}

// pending is the input of a call that has begun, and returns after the end of the history:
// it may or may not have had its effect by then.
type pending struct{ in any }

// explained reports whether an order explains the history up to the n-th return, without
// the call with the index left out. It is not known if that took too many steps.
func (s *search) explained(n, without int) (legal, known bool) {
	var history []porcupine.Operation
	end := s.ops[n-1].Return
	for i, op := range s.ops {
		switch {
		case i == without:
		case i < n:
			history = append(history, op)
		case op.Call < end:
			op.Input, op.Return = pending{op.Input}, math.MaxInt64
			history = append(history, op)
		}
	}
	var steps atomic.Int64
	step := s.model.Step
	if step == nil {
		step = func(state, in, out any) (bool, any) { return s.model.StepContext(context.Background(), state, in, out) }
	}
	legal = porcupine.CheckOperations(porcupine.Model{
		Init:  s.model.Init,
		Equal: s.model.Equal,
		Hash:  s.model.Hash,
		Step: func(state, in, out any) (bool, any) {
			if steps.Add(1) > s.most {
				return false, state // porcupine gives up soon
			}
			p, late := in.(pending)
			if !late {
				return step(state, in, out)
			}
			if ok, next := step(state, p.in, out); ok {
				return true, next
			}
			return true, state
		},
	}, history)
	return legal, legal || steps.Load() <= s.most
}
