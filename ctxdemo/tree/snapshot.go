package tree

import (
	"context"
	"iter"
	"reflect"
	"runtime"
	"slices"
	"time"

	"lab.example/gopark/internal/timeline"
)

// Node is what is known of a context, or of a function given to AfterFunc, at one moment.
type Node struct {
	Name     string
	Kind     Kind
	Parent   *Node   // nil for a root
	Children []*Node // in the order of creation
	Adopted  bool    // its parent, or the context it hangs in, is not of this tree; see the package comment
	Asked    bool    // somebody has called Done: waits, or has waited, or has derived from it outside the tree

	// Waiting is how many goroutines are blocked at this moment in a receive from its Done, in a
	// select or not; one of them may be a goroutine of package context. It is read without
	// stopping them, and exact if none comes or goes. -1: this version of Go does not let it be
	// known. A Value has the channel of the context above it, and who waits for it is counted
	// there.
	Waiting int
	// AskedAt is from where its Done was called, with Options.Sites: "file.go:12", in the order of
	// the first call, at most eight of them.
	AskedAt []string

	Created         int // 1, 2, 3 in the order of creation
	CreatedAt       time.Duration
	MadeAt, EndedIn string    // "file.go:12" of the call that made it, and of the one that ended it, with Options.Sites
	Deadline        time.Time // of a Deadline
	Key             string    // type of the key of a Value
	State           timeline.State
	By              By
	Err, Cause      error
	Order           int                 // 1, 2, 3 in the order of ending; 0 if it is alive
	OrderProvenance timeline.Provenance // how Order is known
	EndedAt         time.Duration
}

// Path returns the names from the root to n: "root/a/b".
func (n *Node) Path() string {
	if n.Parent == nil {
		return n.Name
	}
	return n.Parent.Path() + "/" + n.Name
}

// Snapshot is a picture of a Tree: its roots, in the order of creation.
type Snapshot []*Node

// All yields the nodes, parents before children.
func (s Snapshot) All() iter.Seq[*Node] {
	return func(yield func(*Node) bool) { each(s, yield) }
}

func each(nodes []*Node, yield func(*Node) bool) bool {
	for _, n := range nodes {
		if !yield(n) || !each(n.Children, yield) {
			return false
		}
	}
	return true
}

// Find returns the node with this path, or nil.
func (s Snapshot) Find(path string) *Node {
	for n := range s.All() {
		if n.Path() == path {
			return n
		}
	}
	return nil
}

// Snapshot asks every context that was alive whether it still is, and returns those that are,
// the last ones that are not (Options.Keep), and all above these.
func (t *Tree) Snapshot() Snapshot {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.refresh()
	nodes := make(map[*record]*Node)
	for r := range t.ended.all() {
		picture(nodes, r)
	}
	for n := range t.all() {
		p := picture(nodes, n.record)
		p.Asked, p.Waiting = n.asked.Load(), n.waiting()
	}
	var roots Snapshot
	for _, n := range nodes {
		slices.SortFunc(n.Children, byCreation)
		if n.Parent == nil {
			roots = append(roots, n)
		}
	}
	slices.SortFunc(roots, byCreation)
	return roots
}

func byCreation(a, b *Node) int { return a.Created - b.Created }

// refresh notes what has ended unnoticed.
func (t *Tree) refresh() {
	var dead []*node
	for n := range t.all() {
		if !n.over && n.dead() {
			dead = append(dead, n)
		}
	}
	for _, n := range dead {
		if !n.over {
			t.settle(n)
		}
	}
}

// picture returns the Node of r, and makes it and those above it if there is none.
func picture(nodes map[*record]*Node, r *record) *Node {
	n, ok := nodes[r]
	if ok {
		return n
	}
	n = &Node{
		Name: r.name(), Kind: r.kind, Adopted: r.adopted,
		Created: int(r.id),
		State:   r.state(), By: r.by, Err: r.err, Cause: r.cause,
		Order: int(r.order), OrderProvenance: r.provenance(),
	}
	switch detail := r.detail.(type) {
	case time.Time:
		n.Deadline = detail
	case reflect.Type:
		n.Key = detail.String()
	}
	if r.notes != nil {
		n.CreatedAt, n.MadeAt = r.notes.created, site(r.notes.madeAt)
		n.EndedAt, n.EndedIn = r.notes.ended, site(r.notes.endedAt)
		n.AskedAt = r.notes.places()
	}
	nodes[r] = n
	if r.parent != nil {
		n.Parent = picture(nodes, r.parent)
		n.Parent.Children = append(n.Parent.Children, n)
	}
	return n
}

// site returns "file.go:12", or "" for 0.
func site(pc uintptr) string {
	if pc == 0 {
		return ""
	}
	frame, _ := runtime.CallersFrames([]uintptr{pc}).Next()
	return place(frame)
}

// View is a node that is alive, or was when Live was called.
type View struct{ n *node }

// Context returns the context itself; of an AfterFunc, the one whose end it waits for.
func (v View) Context() context.Context {
	if v.n.kind == KindAfterFunc {
		return v.n.Context
	}
	return v.n
}

// Path returns the names from the root to the node: "root/a/b".
func (v View) Path() string { return v.n.path() }

// Kind returns which function it was made by.
func (v View) Kind() Kind { return v.n.kind }

// Live yields the nodes that have not ended, as far as the tree has noticed, parents before
// children. It does not ask the contexts, and copies nothing but pointers: it is for counting,
// in programs that have many. In the body the tree may be used.
func (t *Tree) Live() iter.Seq[View] {
	return func(yield func(View) bool) {
		var views []View
		t.mu.Lock()
		for n := range t.all() {
			if !n.over {
				views = append(views, View{n})
			}
		}
		t.mu.Unlock()
		for _, v := range views {
			if !yield(v) {
				return
			}
		}
	}
}

// Forget drops what is kept of nodes that have ended, and of past events.
func (t *Tree) Forget() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.ended.clear()
	t.log.clear()
}
