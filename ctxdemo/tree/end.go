package tree

import (
	"context"
	"reflect"

	"lab.example/gopark/internal/timeline"
)

// By is who ended a node.
type By uint8

const (
	ByNobody  By = iota // it is alive
	ByCall              // its own cancel function, or stop, was called
	ByParent            // it ended with a node above it
	ByTimer             // its deadline passed
	ByOutside           // something that the tree does not know
)

// String returns "nobody", "call", "parent", "timer" or "outside".
func (b By) String() string {
	return [...]string{"nobody", "call", "parent", "timer", "outside"}[b]
}

// look notes that n is dead, if it is, and that its cancel function was called at site.
func (t *Tree) look(n *node, site uintptr) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if n.over {
		return
	}
	if n.notes != nil {
		n.notes.endedAt = site
	}
	t.settle(n)
}

// settle notes that n is dead. Nodes above it that are dead, too, and have not been noted are
// first: somebody is about to.
func (t *Tree) settle(n *node) {
	top := n
	for a := n.anchor; a != nil && !a.over && a.dead(); a = a.anchor {
		top = a
	}
	t.end(top)
	if !n.over {
		t.end(n)
	}
}

// end notes that n, which is dead, has ended, and everybody below it.
//
// Cause takes the lock of the standard context, which its cancellation holds until it has been
// through all children. So when Cause has returned, they are dead, and none that is about to
// be entered can have been missed: it will be found dead by add.
func (t *Tree) end(n *node) {
	err, cause := n.Err(), context.Cause(n.Context)
	t.mark(n, n.endedBy(err, cause), err, cause)
	t.endBelow(n)
}

// endedBy says who has ended n, with this error and cause.
func (n *node) endedBy(err, cause error) By {
	a := n.anchor
	withAnchor := a != nil && a.over && same(a.err, err) && same(a.cause, cause)
	if withAnchor && n.kind == KindDeadline {
		above, ok := a.Deadline()
		own, _ := n.Deadline()
		withAnchor = err != context.DeadlineExceeded || ok && !above.After(own)
	}
	switch {
	case !withAnchor && n.kind == KindDeadline && err == context.DeadlineExceeded:
		return ByTimer
	case withAnchor || n.kind == KindValue && !n.adopted:
		return ByParent
	case n.called.Load() && err == context.Canceled:
		return ByCall
	}
	return ByOutside
}

// endBelow notes the end of those that ended with n. The functions of AfterFunc report by
// themselves: they may have been stopped.
func (t *Tree) endBelow(n *node) {
	if n.loose != nil {
		for v := range n.loose.all() {
			t.mark(v, ByParent, n.err, n.cause)
		}
	}
	for k, next := n.first, (*node)(nil); k != nil; k = next {
		next = k.next
		switch {
		case k.over || k.kind == KindAfterFunc:
		case k.kind == KindCancel && !k.called.Load():
			t.mark(k, ByParent, n.err, n.cause)
			t.endBelow(k)
		default: // it may have ended before n did
			t.end(k)
		}
	}
	n.release()
}

// fired notes that the function of n has been started.
func (t *Tree) fired(n *node) {
	err, cause := n.Err(), context.Cause(n.Context)
	t.mu.Lock()
	defer t.mu.Unlock()
	if a := n.anchor; a != nil && !a.over {
		t.settle(a)
	}
	by := ByOutside
	if n.parent != nil && !n.adopted {
		by = ByParent
	}
	t.mark(n, by, err, cause)
	n.release()
}

// stopped notes that the function of n will never be called.
func (t *Tree) stopped(n *node, site uintptr) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if n.notes != nil {
		n.notes.endedAt = site
	}
	t.mark(n, ByCall, nil, nil)
	n.release()
}

func (t *Tree) mark(n *node, by By, err, cause error) {
	t.deaths++
	n.over, n.by, n.err, n.cause, n.order = true, by, err, cause, t.deaths
	if n.notes != nil {
		n.notes.ended = t.clock()
		if by != ByCall {
			n.notes.endedAt = 0
		}
	}
	if n.unwatch != nil && by != ByCall {
		n.unwatch()
	}
	t.ended.push(n.record)
	t.emitEnded(n)
}

// state returns what a timeline calls the state of the node.
func (r *record) state() timeline.State {
	switch {
	case !r.over:
		return timeline.Live
	case r.err == nil:
		return timeline.NotExist // a function that was stopped
	}
	return timeline.Canceled
}

// provenance tells how the node's place in the order is known.
func (r *record) provenance() timeline.Provenance {
	if r.over && r.by != ByCall {
		return timeline.Inferred
	}
	return timeline.Observed
}

// same reports whether a and b are one error. Not every error can be compared with ==.
func same(a, b error) bool {
	if va, vb := reflect.ValueOf(a), reflect.ValueOf(b); va.IsValid() && vb.IsValid() && (!va.Comparable() || !vb.Comparable()) {
		return reflect.DeepEqual(a, b)
	}
	return a == b
}
