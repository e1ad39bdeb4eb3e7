// Package cause asks: cancel one node of a tree of contexts, with a cause. Who is
// cancelled, in what order, and what does each say was the cause?
//
// grow builds the tree, run cancels a branch and records who is affected, check says
// who must be. order.go tells how the order becomes visible from outside package
// context. The page tells why.
package cause

import (
	"context"
	"embed"
	"errors"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/timeline"
)

//go:embed page.md *.go testdata
var files embed.FS

// Experiment is the claim that a cancellation takes exactly a subtree, parents first,
// before cancel returns, and leaves older causes alone.
var Experiment = &experiment.Experiment{
	ID:       "ctxdemo/cause",
	Question: "A tree of contexts is alive; one leaf has been cancelled before, for a cause of its own. You cancel one branch above that leaf, with another cause. Who is cancelled when cancel returns, and for which cause?",
	Choices: []experiment.Choice{
		{
			Text:    "The node alone. Its descendants find out when they next ask their parent.",
			Because: "Nobody asks a parent: cancel itself walks down and closes every descendant's Done before it returns.",
		},
		{
			Text:    "The node and everything below it, all with the new cause: it overwrites the leaf's.",
			Because: "The set is right, the cause is not: a context is cancelled once. What was cancelled earlier keeps its own error and its own cause.",
		},
		{
			Text:    "The node and everything below it, with the new cause; the leaf keeps its own.",
			True:    true,
			Because: "cancel closes the node, then walks down through its children, parents first. A node that is cancelled already is left as it is.",
		},
		{
			Text:    "The whole tree: contexts that share a root share their fate.",
			Because: "Cancellation travels down, never up and never sideways: the root and the other branches stay alive.",
		},
	},
	Knobs: []experiment.Knob{
		{Name: "width", Unit: "children", Doc: "children of each node", Default: 2, Min: 1, Max: 4},
		{Name: "depth", Unit: "levels", Doc: "levels below the root", Default: 3, Min: 1, Max: 4},
	},
	Run:      run,
	Check:    check,
	AnyKnob:  true,
	Isolated: true,
	Env:      []string{"GOMAXPROCS=1"},
	Needs:    experiment.Needs{NoRace: "the order is read off the run queue, which it shuffles"},
	Claims:   []string{"C4"},
	Files:    files,
}

// The node that is cancelled, the one that was cancelled before (if the tree is deep
// enough to have it), and their causes.
const (
	branch = "root/a"
	leaf   = "root/a/a"
)

var (
	errBranch = errors.New("the client hung up")
	errLeaf   = errors.New("this lookup was too slow")
)

type observed struct {
	Width    int64    `obs:"/tree/width:children"`
	Depth    int64    `obs:"/tree/depth:levels"`
	Alive    []string `obs:"/alive:contexts"`          // after cancel has returned
	Canceled []string `obs:"/canceled:contexts"`       // likewise; in the order of the tree
	Causes   []string `obs:"/canceled/cause:errors"`   // of each in Canceled
	Order    []string `obs:"/canceled/order:contexts"` // those that this call cancelled, first to last
}

// node is one context of the tree.
type node struct {
	path   string
	ctx    context.Context
	cancel context.CancelCauseFunc
}

// grow returns the nodes of a tree in which every node above the last level has
// width children, parents before children. Its root is called "root".
func grow(width, depth int) []node {
	ctx, cancel := context.WithCancelCause(context.Background())
	nodes := []node{{"root", ctx, cancel}}
	level := nodes
	for range depth {
		var next []node
		for _, parent := range level {
			for i := range width {
				ctx, cancel := context.WithCancelCause(parent.ctx)
				next = append(next, node{parent.path + "/" + string(rune('a'+i)), ctx, cancel})
			}
		}
		nodes = append(nodes, next...)
		level = next
	}
	return nodes
}

func find(nodes []node, path string) (node, bool) {
	i := slices.IndexFunc(nodes, func(n node) bool { return n.path == path })
	if i < 0 {
		return node{}, false
	}
	return nodes[i], true
}

func run(_ context.Context, r *experiment.Recorder) error {
	debug.SetGCPercent(-1)
	seen := observed{Width: int64(r.Knob("width")), Depth: int64(r.Knob("depth"))}
	err := r.Undisturbed(func() time.Duration {
		nodes := grow(int(seen.Width), int(seen.Depth))
		defer nodes[0].cancel(nil)
		return cancelBranch(nodes, &seen)
	})
	if err != nil {
		return err
	}
	r.Record(seen)
	draw(r, seen)
	return nil
}

// cancelBranch cancels the leaf, then the branch, and fills in what it sees. It
// returns how long the stretch was on which the order depends.
func cancelBranch(nodes []node, seen *observed) time.Duration {
	if old, ok := find(nodes, leaf); ok {
		old.cancel(errLeaf)
	}
	watch := watchAll(nodes)
	top, _ := find(nodes, branch)

	start := time.Now()
	top.cancel(errBranch)
	// Nothing may come between: what is seen here is seen before anybody else has run.
	seen.Alive, seen.Canceled, seen.Causes = []string{}, nil, nil
	for _, n := range nodes {
		if n.ctx.Err() == nil {
			seen.Alive = append(seen.Alive, n.path)
			continue
		}
		seen.Canceled = append(seen.Canceled, n.path)
		seen.Causes = append(seen.Causes, context.Cause(n.ctx).Error())
	}
	stretch := time.Since(start)
	seen.Order = watch.order()

	nodes[0].cancel(nil) // let the watchers of those that are alive go
	watch.done.Wait()
	return stretch
}

func check(o experiment.Observations) error {
	var seen observed
	if err := o.Decode(&seen); err != nil {
		return err
	}
	want := expected(seen)
	switch {
	case !slices.Equal(seen.Alive, want.Alive) || !slices.Equal(seen.Canceled, want.Canceled):
		return experiment.Refuted("%v were cancelled, not %v", seen.Canceled, want.Canceled)
	case !slices.Equal(seen.Causes, want.Causes):
		return experiment.Refuted("the causes of %v were %q, not %q", seen.Canceled, seen.Causes, want.Causes)
	}
	return checkOrder(seen.Order, want.Order)
}

// expected says what must be seen in a tree of this width and depth. Its Order is
// the set only.
func expected(seen observed) (want observed) {
	for _, n := range grow(int(seen.Width), int(seen.Depth)) {
		n.cancel(nil)
		switch {
		case !isBelow(n.path, branch):
			want.Alive = append(want.Alive, n.path)
			continue
		case isBelow(n.path, leaf):
			want.Causes = append(want.Causes, errLeaf.Error())
		default:
			want.Causes = append(want.Causes, errBranch.Error())
			want.Order = append(want.Order, n.path)
		}
		want.Canceled = append(want.Canceled, n.path)
	}
	return want
}

// isBelow reports whether path is top or a descendant of it.
func isBelow(path, top string) bool {
	return path == top || strings.HasPrefix(path, top+"/")
}

// checkOrder holds that order has exactly the members of set, and is a walk of the
// tree that visits a parent before its children and finishes one child's subtree
// before it begins the next.
func checkOrder(order, set []string) error {
	if !slices.Equal(slices.Sorted(slices.Values(order)), slices.Sorted(slices.Values(set))) {
		return experiment.Refuted("this call cancelled %v, not %v", order, set)
	}
	for i, path := range order[1:] {
		parent := path[:strings.LastIndexByte(path, '/')]
		before := order[:i+1]
		at := slices.Index(before, parent)
		if at < 0 {
			return experiment.Refuted("%s was cancelled before its parent: %v", path, order)
		}
		for _, between := range before[at+1:] {
			if !isBelow(between, parent) {
				return experiment.Refuted("%s was cancelled between %s and its child %s: %v", between, parent, path, order)
			}
		}
	}
	return nil
}

func draw(r *experiment.Recorder, seen observed) {
	all := slices.Concat(seen.Alive, seen.Canceled)
	slices.SortFunc(all, func(a, b string) int {
		if d := strings.Count(a, "/") - strings.Count(b, "/"); d != 0 {
			return d
		}
		return strings.Compare(a, b)
	})
	for _, path := range all {
		r.Event(event(timeline.Observed, path, timeline.NotExist, timeline.Live))
	}
	for i, path := range seen.Canceled {
		if seen.Causes[i] == errLeaf.Error() {
			r.Event(canceled(timeline.Observed, path, errLeaf))
		}
	}
	for _, path := range seen.Order {
		r.Event(canceled(timeline.Inferred, path, errBranch))
	}
}

func event(p timeline.Provenance, path string, from, to timeline.State) timeline.Event {
	return timeline.Event{Provenance: p, Subject: timeline.Subject{Kind: timeline.Context, ID: path}, From: from, To: to}
}

func canceled(p timeline.Provenance, path string, cause error) timeline.Event {
	e := event(p, path, timeline.Live, timeline.Canceled)
	e.Attrs = []timeline.Attr{{Key: "cause", Value: cause.Error()}}
	return e
}
