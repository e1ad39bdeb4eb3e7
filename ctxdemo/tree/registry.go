package tree

import (
	"context"
	"iter"
	"time"
	"weak"
)

// Who holds whom. Package context has a living parent hold its children, as far as they can be
// cancelled, and nobody hold roots, values and what is below WithoutCancel. The tree does the
// same with its nodes: an anchor has a list of those that it holds; to the others there are
// weak pointers. A list of one's own for all nodes would be simpler, and would be a leak.

// add enters n, which has just been made from o, and notes at once if it is dead already.
func (t *Tree) add(n *node, o origin) {
	t.mu.Lock()
	defer t.mu.Unlock()
	under := &t.roots
	if n.parent != nil {
		under = n.parent
	}
	t.births++
	n.id = t.births
	under.baptize(n.record, o.name)
	t.emitCreated(n)

	if o.node != nil && !o.adopted {
		n.anchor = o.node
		if k := o.node.kind; !o.node.decides() && k != KindWithoutCancel {
			n.anchor = o.node.anchor
		}
	}
	if n.dead() {
		t.settle(n)
		return
	}
	switch a := n.anchor; {
	case a == nil, n.kind == KindWithoutCancel, a.over:
		n.anchor = nil
		t.loose.add(n)
	case n.kind == KindValue, a.kind == KindWithoutCancel:
		if a.loose == nil {
			a.loose = new(loose)
		}
		a.loose.add(n)
	default:
		a.hold(n)
	}
	t.watch(n, o.outside && n.kind != KindAfterFunc && n.kind != KindWithoutCancel)
}

// dead reports whether n has ended, noted or not. It asks a value's anchor and not the value,
// whose Err would take the longer the more values it hangs below.
func (n *node) dead() bool {
	switch {
	case n.kind == KindAfterFunc || n.kind == KindWithoutCancel:
		return false
	case n.kind == KindValue && !n.adopted:
		return n.anchor != nil && n.anchor.dead()
	}
	return n.Err() != nil
}

// watch has the tree told when n ends otherwise than by its cancel function or with its
// anchor, if that can happen. It keeps n in memory as long as n can end in that way, as package
// context does.
//
// For a deadline a second timer is better than AfterFunc, which would start a goroutine when the
// anchor ends: with 1000 children, cancelling one took 50 times as long.
func (t *Tree) watch(n *node, outside bool) {
	switch {
	case outside:
		n.unwatch = context.AfterFunc(n.Context, func() { t.look(n, 0) })
	case n.kind == KindDeadline:
		d, _ := n.Deadline()
		n.unwatch = time.AfterFunc(time.Until(d), func() {
			<-n.Context.Done() // the timer of package context may be the second to fire
			t.look(n, 0)
		}).Stop
	}
}

// calling is for the cancel function of n to call first.
func (n *node) calling() {
	n.called.Store(true)
	if n.unwatch != nil {
		n.unwatch() // it would start a goroutine to tell the tree what it knows
	}
}

// hold makes n the last of those that a holds.
func (a *node) hold(n *node) {
	n.held = true
	n.prev = a.last
	if a.last == nil {
		a.first = n
	} else {
		a.last.next = n
	}
	a.last = n
}

// release takes n from its anchor if it is over and holds nobody, and so on upwards.
func (n *node) release() {
	for n != nil && n.held && n.over && n.first == nil {
		a := n.anchor
		if n.prev == nil {
			a.first = n.next
		} else {
			n.prev.next = n.next
		}
		if n.next == nil {
			a.last = n.prev
		} else {
			n.next.prev = n.prev
		}
		n.held, n.prev, n.next = false, nil, nil
		n = a
	}
}

// all yields the nodes below the tree and those that they hold, parents first. What is over
// but still holds somebody is among them.
func (t *Tree) all() iter.Seq[*node] {
	return func(yield func(*node) bool) {
		for n := range t.loose.all() {
			if !n.each(yield) {
				return
			}
		}
	}
}

func (n *node) each(yield func(*node) bool) bool {
	if !yield(n) {
		return false
	}
	if n.loose != nil {
		for v := range n.loose.all() {
			if !v.each(yield) {
				return false
			}
		}
	}
	for k := n.first; k != nil; k = k.next {
		if !k.each(yield) {
			return false
		}
	}
	return true
}

// loose is a list of nodes that it does not keep in memory.
type loose struct {
	nodes []weak.Pointer[node]
	limit int // of len(nodes), at which those that are gone are looked for
}

// looseMin is how many entries are not worth looking at.
const looseMin = 16

// add costs the same on average however long the list is: it is swept when it has
// doubled.
func (l *loose) add(n *node) {
	if len(l.nodes) >= max(l.limit, looseMin) {
		l.sweep()
		l.limit = 2 * len(l.nodes)
	}
	l.nodes = append(l.nodes, weak.Make(n))
}

// sweep drops those that are gone or over.
func (l *loose) sweep() {
	kept := l.nodes[:0]
	for _, w := range l.nodes {
		if n := w.Value(); n != nil && !n.over {
			kept = append(kept, w)
		}
	}
	clear(l.nodes[len(kept):])
	l.nodes = kept
}

func (l *loose) all() iter.Seq[*node] {
	return func(yield func(*node) bool) {
		for _, w := range l.nodes {
			if n := w.Value(); n != nil && !yield(n) {
				return
			}
		}
	}
}

// ring keeps the last size elements.
type ring[T any] struct {
	size  int
	items []T
	next  int // where the oldest is, when it is full
}

func (r *ring[T]) push(x T) {
	switch {
	case r.size <= 0:
	case len(r.items) < r.size:
		r.items = append(r.items, x)
	default:
		r.items[r.next] = x
		r.next = (r.next + 1) % r.size
	}
}

// all yields the elements, oldest first.
func (r *ring[T]) all() iter.Seq[T] {
	return func(yield func(T) bool) {
		for i := range r.items {
			if !yield(r.items[(r.next+i)%len(r.items)]) {
				return
			}
		}
	}
}

func (r *ring[T]) clear() { r.items, r.next = nil, 0 }
