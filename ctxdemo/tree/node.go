package tree

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"
)

// Kind is which function of package context a node comes from.
type Kind uint8

const (
	KindCancel        Kind = iota // WithCancel, or WithDeadline under a parent whose deadline is earlier
	KindDeadline                  // WithDeadline, WithTimeout
	KindValue                     // WithValue
	KindWithoutCancel             // WithoutCancel
	KindAfterFunc                 // AfterFunc: not a context, but it hangs in the tree like one
)

// String returns "cancel", "deadline", "value", "withoutcancel" or "afterfunc".
func (k Kind) String() string {
	return [...]string{"cancel", "deadline", "value", "withoutcancel", "afterfunc"}[k]
}

// node is a context that a Tree has made. The standard one is inside; a child of a node is
// derived from that and not from the node, so that the chain in which Value looks is made of
// standard contexts, for which package context has a loop where others cost two calls a
// level.
//
// Contexts that others derive hold the node. Their parentCancelCtx (context.go, Go 1.26) finds
// the standard context inside, because Done and the answer to its private key come from there.
type node struct {
	context.Context
	*record
	tree    *Tree
	unwatch func() bool // ends watch; nil if there is none; set by add, once
	called  atomic.Bool // its cancel function, perhaps too late
	asked   atomic.Bool // its Done, by somebody else than the tree
	open    atomic.Bool // its Done, or that of a value that has the same channel
	anchor  *node       // decides over this one's life; nil if no node does; set by add, once

	// Guarded by tree.mu.

	held        bool   // by the anchor
	first, last *node  // those that it holds, and that end with it
	prev, next  *node  // among those of the anchor
	loose       *loose // those that it does not hold; nil if there have been none
}

// Done is that of the standard context.
func (n *node) Done() <-chan struct{} {
	if !n.asked.Load() {
		n.asked.Store(true)
		n.opener().open.Store(true)
	}
	if n.tree.options.Sites {
		n.notes.noteAsker()
	}
	return n.Context.Done()
}

// opener returns the node whose channel Done returns: of a value, its anchor.
func (n *node) opener() *node {
	if n.decides() || n.anchor == nil {
		return n
	}
	return n.anchor
}

// Value is that of the standard context, but the tree itself is the key of the node.
func (n *node) Value(key any) any {
	if key == any(n.tree) {
		return n
	}
	return n.Context.Value(key)
}

// String is that of the standard context.
func (n *node) String() string { return fmt.Sprint(n.Context) }

// decides reports whether the end of n is the end of what hangs below it: it has a life of
// its own, and not that of a node above it.
func (n *node) decides() bool {
	return n.kind == KindCancel || n.kind == KindDeadline || n.kind == KindValue && n.adopted
}

// record is what the tree knows of a node. It does not refer to the context, so that it can
// be remembered when that is gone.
type record struct {
	parent  *record // nil for a root
	given   string  // name
	number  uint32  // instead of a name
	kind    Kind
	adopted bool
	detail  any    // of a deadline, the time.Time; of a value, the reflect.Type of the key
	id      uint64 // 1, 2, 3 in the order of creation
	notes   *notes // nil if neither sites nor times are wanted

	// Guarded by tree.mu, and constant once over is true.

	over       bool
	by         By
	err, cause error
	order      uint64

	names // of its children
}

// notes is what costs time to write down.
type notes struct {
	created, ended  time.Duration
	madeAt, endedAt uintptr // program counters
	askers          atomic.Pointer[askers]
}

// origin is from what a context is derived.
type origin struct {
	context.Context // the standard one inside, if the tree has made the parent
	name            string
	node            *node // the parent, or the nearest one above it; nil if there is none
	adopted         bool  // the parent is not of this tree, and matters
	outside         bool  // it can be cancelled without the tree's knowing
}

func (t *Tree) origin(parent context.Context) origin {
	o := origin{Context: parent}
	if named, ok := parent.(named); ok {
		o.Context, o.name = named.Context, named.name
	}
	if n, ok := o.Context.(*node); ok && n.tree == t {
		o.Context, o.node = n.Context, n
		return o
	}
	if o.Context == nil {
		return o // package context will say so
	}
	o.node, _ = o.Value(t).(*node)
	o.outside = o.Done() != nil
	o.adopted = o.outside || o.node != nil
	return o
}

func (t *Tree) newNode(kind Kind, o origin, ctx context.Context, site uintptr) *node {
	n := &node{
		Context: ctx,
		record:  &record{kind: kind, adopted: o.adopted},
		tree:    t,
	}
	if t.timed || t.options.Sites {
		n.notes = &notes{created: t.clock(), madeAt: site}
	}
	if o.node != nil {
		n.parent = o.node.record
	}
	return n
}
