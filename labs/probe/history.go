package probe

import (
	"slices"
	"sync/atomic"
	"testing"

	"github.com/anishathalye/porcupine"
)

// A History is what several clients did to one object, at the same time: who called what,
// what came out, and who had returned before who began. The zero History is ready for use:
//
//	var h probe.History
//	for client := range 3 {
//		clients.Go(func() {
//			h.Call(client, "take", func() any { return stock.Take() })
//		})
//	}
//	clients.Wait()
//	h.Check(t, model)
//
// It puts calls in an order by a counter and not by a clock, so it is as good in virtual
// time. The race detector does not see that the clients meet in it: it hides no race
// between them. A History does not make clients meet either; a Point in the object does.
type History struct {
	clock atomic.Int64
	last  atomic.Pointer[call] // the others follow
	calls order                // to Check
}

// call is one of them. It is read when it has returned.
type call struct {
	before   atomic.Pointer[call]
	op       porcupine.Operation
	returned atomic.Bool
}

// Call calls f, which calls the object once, and records it: in says what is called with
// what, the result is what came out. Both go to the model as they are, so they must be
// values that nobody changes afterwards. client, from 0, says on whose behalf; it is only
// for the message. Call returns what f did.
//
// A call that did not return, because f panicked or is still waiting, is a failure in
// Check.
func (h *History) Call(client int, in any, f func() any) any {
	c := &call{op: porcupine.Operation{ClientId: client, Input: in}}
	unseen(func() { c.op.Call = h.clock.Add(1) })
	h.calls.give()
	unseen(func() {
		for {
			before := h.last.Load()
			c.before.Store(before)
			if h.last.CompareAndSwap(before, c) {
				break
			}
		}
	})
	out := f()
	c.op.Output = out
	unseen(func() { c.op.Return = h.clock.Add(1) })
	h.calls.give()
	unseen(func() { c.returned.Store(true) })
	return out
}

// all returns the calls so far, in the order in which they began.
func (h *History) all() (all []*call) {
	unseen(func() {
		for c := h.last.Load(); c != nil; c = c.before.Load() {
			all = append(all, c)
		}
	})
	h.calls.take()
	slices.SortFunc(all, func(a, b *call) int { return int(a.op.Call - b.op.Call) })
	return all
}

// Check fails t at once if there is no order of all calls, each of them at one moment
// between its beginning and its end, in which what came out is what the model says. It
// names the earliest return that no order explains, and the call without which there would
// be one:
//
//	no order of the calls explains what came out: client 2 called take -> 7, but client 0 called take -> 7 at the same time
//	no order of the calls explains what came out: client 1 called get -> 0, but client 0 called set 5 -> ok and had returned before
//	no order of the calls explains what came out: client 1 called get -> 9
//
// The model's Init, Step and, for states that == cannot compare, Equal are needed;
// Partition makes long histories cheaper; DescribeOperation is used in the message if it is
// there. Call it when all clients have ended. An empty history is a failure: nothing was
// checked.
//
// To look for an order is cheap if the calls are few or the model is strict, and can take
// forever in theory. After a million steps of the model Check fails, and says so. Some
// dozens of calls by three or four clients, many times anew, find more than one long
// history.
func (h *History) Check(t testing.TB, model porcupine.Model) {
	t.Helper()
	var ops []porcupine.Operation
	for _, c := range h.all() {
		returned := false
		unseen(func() { returned = c.returned.Load() })
		if !returned {
			t.Fatalf("client %d called %v, and that has not returned", c.op.ClientId, c.op.Input)
		}
		ops = append(ops, c.op)
	}
	if len(ops) == 0 {
		t.Fatalf("nothing was called, so nothing can be said")
	}
	if wrong := contradiction(model, ops); wrong != "" {
		t.Fatalf("%s", wrong)
	}
}
