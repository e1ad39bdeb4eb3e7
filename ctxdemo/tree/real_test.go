package tree_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"lab.example/gopark/ctxdemo/tree"
	"lab.example/gopark/ctxdemo/tree/oracle"
	"lab.example/gopark/internal/timeline"
)

// item is a context that a script has made, and its twin: the same made by the same steps of
// package context alone.
type item struct {
	ctx, twin  context.Context
	cancel     func(error) // both; nil if there is nothing to call
	native     bool        // not of the tree
	kind       tree.Kind
	path       string // "" if native
	deadline   time.Time
	adopted    bool // what the picture must say
	dead       bool // known to the script
	above      *item
	cancelable bool
}

// script carries out random steps and holds what it knows against the picture, the real tree
// and the twins.
type script struct {
	t         *rapid.T
	tree      *tree.Tree
	items     []*item
	functions []*function
	called    *item // whose cancel function the last step called
}

// function is one that was given to AfterFunc.
type function struct {
	of   *item
	stop func() bool
	over atomic.Bool
}

// TestPictureIsTheRealTree is what everything else rests on.
func TestPictureIsTheRealTree(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		rapid.Check(struct{ testing.TB }{t}, func(t *rapid.T) { // T itself has a Deadline, which a bubble forbids to ask for
			s := &script{t: t, tree: tree.New(tree.Options{Keep: 1 << 20})}
			s.items = []*item{{ctx: context.Background(), twin: context.Background(), native: true}}
			defer s.end()
			t.Repeat(map[string]func(*rapid.T){
				"cancel":        func(*rapid.T) { s.derive(tree.KindCancel, false) },
				"deadline":      func(*rapid.T) { s.derive(tree.KindDeadline, false) },
				"value":         func(*rapid.T) { s.derive(tree.KindValue, false) },
				"withoutcancel": func(*rapid.T) { s.derive(tree.KindWithoutCancel, false) },
				"native":        func(*rapid.T) { s.derive(tree.Kind(rapid.IntRange(0, 3).Draw(s.t, "kind")), true) },
				"after":         func(*rapid.T) { s.afterFunc() },
				"stop":          func(*rapid.T) { s.stop() },
				"call":          func(*rapid.T) { s.call() },
				"pass":          func(*rapid.T) { time.Sleep(time.Duration(rapid.IntRange(1, 40).Draw(s.t, "ms")) * time.Millisecond) },
				"":              func(*rapid.T) { s.compare() },
			})
		})
	})
}

// Errorf and FailNow are for require. It would also call Helper if there were one, which takes
// two thirds of the time.
func (s *script) Errorf(format string, args ...any) { s.t.Errorf(format, args...) }
func (s *script) FailNow()                          { s.t.FailNow() }

func (s *script) end() {
	for _, it := range s.items {
		if it.cancel != nil {
			it.cancel(nil)
		}
	}
	synctest.Wait()
}

func (s *script) pick(what string) *item {
	return s.items[rapid.IntRange(0, len(s.items)-1).Draw(s.t, what)]
}

// maker makes contexts: a Tree, or package context.
type maker struct {
	withCancelCause   func(context.Context) (context.Context, context.CancelCauseFunc)
	withDeadlineCause func(context.Context, time.Time, error) (context.Context, context.CancelFunc)
	withValue         func(context.Context, any, any) context.Context
	withoutCancel     func(context.Context) context.Context
}

var standard = maker{context.WithCancelCause, context.WithDeadlineCause, context.WithValue, context.WithoutCancel}

func (m maker) derive(kind tree.Kind, parent context.Context, n int, d time.Time) (context.Context, func(error)) {
	switch kind {
	case tree.KindCancel:
		ctx, cancel := m.withCancelCause(parent)
		return ctx, cancel
	case tree.KindDeadline:
		ctx, cancel := m.withDeadlineCause(parent, d, lateError(n))
		return ctx, func(error) { cancel() }
	case tree.KindValue:
		return m.withValue(parent, key(n%3), n), nil
	}
	return m.withoutCancel(parent), nil
}

type (
	key       int
	lateError int
	callError []int // cannot be compared
)

func (e lateError) Error() string { return fmt.Sprintf("context %d was late", int(e)) }
func (e callError) Error() string { return fmt.Sprintf("call %v", []int(e)) }

func (s *script) derive(kind tree.Kind, native bool) {
	above := s.pick("parent")
	n := len(s.items)
	// No two deadlines are equal: which of two timers wins is random in package context, too.
	ms := time.Duration(rapid.IntRange(-5, 100).Draw(s.t, "deadline"))
	it := &item{native: native, kind: kind, above: above, deadline: time.Now().Add(ms*time.Millisecond + time.Duration(n))}
	m := standard
	if !native {
		m = maker{s.tree.WithCancelCause, s.tree.WithDeadlineCause, s.tree.WithValue, s.tree.WithoutCancel}
	}
	var cancel, cancelTwin func(error)
	it.ctx, cancel = m.derive(kind, above.ctx, n, it.deadline)
	it.twin, cancelTwin = standard.derive(kind, above.twin, n, it.deadline)
	it.cancelable = cancel != nil
	if it.cancelable {
		it.cancel = func(cause error) { cancel(cause); cancelTwin(cause) }
	}
	if d, ok := above.twin.Deadline(); kind == tree.KindDeadline && ok && d.Before(it.deadline) {
		it.kind = tree.KindCancel
	}
	if !native {
		it.path = s.tree.Path(it.ctx)
		it.adopted = above.native && (above.ctx.Done() != nil || s.tree.Path(above.ctx) != "")
	}
	s.items = append(s.items, it)
}

func (s *script) afterFunc() {
	f := &function{of: s.pick("of")}
	f.stop = s.tree.AfterFunc(f.of.ctx, func() { f.over.Store(true) })
	s.functions = append(s.functions, f)
}

func (s *script) stop() {
	if len(s.functions) > 0 {
		f := s.functions[rapid.IntRange(0, len(s.functions)-1).Draw(s.t, "stop")]
		stopped := f.stop()
		require.Equal(s, !f.over.Load(), stopped)
		f.over.Store(true)
	}
}

func (s *script) call() {
	it := s.pick("whose")
	if it.cancel == nil {
		return
	}
	s.called = it
	switch rapid.IntRange(0, 2).Draw(s.t, "cause") {
	case 0:
		it.cancel(nil)
	case 1:
		it.cancel(errors.New("because"))
	case 2:
		it.cancel(callError{len(s.items)})
	}
	s.compareIts(it) // without waiting: what a call ends is ended when it returns
}

// compareIts holds that what is under it, by standard means and without functions of others in
// between, is seen to be dead at once.
func (s *script) compareIts(it *item) {
	picture := nodes(s.tree.Snapshot())
	for _, below := range s.items {
		if below.path != "" && (below == it || strings.HasPrefix(below.path, it.path+"/")) && below.ctx.Err() != nil {
			require.Equal(s, timeline.Canceled, picture[below.path].State)
		}
	}
}

func nodes(s tree.Snapshot) map[string]*tree.Node {
	all := make(map[string]*tree.Node)
	for n := range s.All() {
		all[n.Path()] = n
	}
	return all
}

func (s *script) compare() {
	synctest.Wait()
	snapshot := s.tree.Snapshot()
	picture := nodes(snapshot)
	for i, it := range s.items {
		require.Equal(s, it.twin.Err(), it.ctx.Err(), "item %d", i)
		require.Equal(s, context.Cause(it.twin), context.Cause(it.ctx), "item %d", i)
		for k := range key(3) {
			require.Equal(s, it.twin.Value(k), it.ctx.Value(k), "item %d", i)
		}
		d, ok := it.ctx.Deadline()
		wantD, wantOK := it.twin.Deadline()
		require.Equal(s, wantOK, ok)
		require.True(s, d.Equal(wantD))
		if !it.native {
			s.compareNode(it, picture[it.path])
		}
		it.dead = it.ctx.Err() != nil
	}
	s.compareOrder(snapshot)
	s.compareReal(snapshot, picture)
	s.called = nil
}

// compareNode holds what the picture says of one context against what the script has done.
func (s *script) compareNode(it *item, n *tree.Node) {
	require.NotNil(s, n, it.path)
	require.Equal(s, it.kind, n.Kind, it.path)
	require.Equal(s, it.adopted, n.Adopted, it.path)
	require.Equal(s, it.ctx.Err(), n.Err, it.path)
	require.Equal(s, context.Cause(it.ctx), n.Cause, it.path)
	if above := s.tree.Path(it.above.ctx); above == "" {
		require.Nil(s, n.Parent, it.path)
	} else {
		require.Equal(s, above, n.Parent.Path(), it.path)
	}
	switch {
	case n.Err == nil:
		require.Equal(s, tree.ByNobody, n.By, it.path)
	case it.dead: // looked at when it died
	case it == s.called:
		require.Equal(s, tree.ByCall, n.By, it.path)
	case it.kind == tree.KindDeadline && !time.Now().Before(it.deadline) && n.Err == context.DeadlineExceeded:
		require.Equal(s, tree.ByTimer, n.By, it.path)
	case it.adopted:
		require.Equal(s, tree.ByOutside, n.By, it.path)
	default:
		require.Equal(s, tree.ByParent, n.By, it.path)
	}
}

// compareOrder holds that the order of ending is one, and that a parent is before those that
// end with it.
func (s *script) compareOrder(snapshot tree.Snapshot) {
	seen := make(map[int]bool)
	for n := range snapshot.All() {
		if n.State == timeline.Live {
			require.Zero(s, n.Order)
			continue
		}
		require.False(s, seen[n.Order], "two are number %d", n.Order)
		seen[n.Order] = true
		require.Equal(s, n.By == tree.ByCall, n.OrderProvenance == timeline.Observed)
		if n.By == tree.ByParent {
			require.Less(s, n.Parent.Order, n.Order, n.Path())
		}
	}
	for i := range len(seen) {
		require.True(s, seen[i+1], "nobody is number %d", i+1)
	}
}

// compareReal holds the picture's edges against those of package context.
func (s *script) compareReal(snapshot tree.Snapshot, picture map[string]*tree.Node) {
	reals := make(map[*item]*oracle.Context)
	byID := make(map[any]*item)
	for _, it := range s.items {
		if it.cancelable {
			real, err := oracle.Of(it.ctx)
			require.NoError(s, err)
			reals[it], byID[real.ID] = real, it
		}
	}
	realParent := make(map[*item]*item)
	waiting := make(map[*item]int) // functions that wait, without those of the tree itself
	waitingInAll := 0              // likewise
	for it, real := range reals {
		for _, child := range real.Children {
			if child.Type != "afterFuncCtx" {
				require.Contains(s, byID, any(child.ID), "somebody unknown hangs in %s", it.path)
				realParent[byID[child.ID]] = it
			} else if !strings.Contains(child.Func, "(*Tree).watch") {
				waiting[it]++
				waitingInAll++
			}
		}
	}
	byPath := make(map[string]*item)
	for _, it := range s.items {
		byPath[it.path] = it
	}
	for _, it := range s.items {
		if it.native || !it.cancelable || it.ctx.Err() != nil {
			continue
		}
		if anchor, sure := claimed(picture[it.path]); sure {
			if anchor == nil {
				require.Nil(s, realParent[it], it.path)
			} else {
				require.Same(s, byPath[anchor.Path()], realParent[it], it.path)
			}
		} else if real := realParent[it]; real != nil && !real.native {
			require.True(s, strings.HasPrefix(it.path, real.path+"/"), "%s is not below %s", it.path, real.path)
		}
	}
	s.compareFunctions(snapshot, waitingInAll)
	for n := range snapshot.All() {
		if anchor, sure := claimed(n); n.Kind == tree.KindAfterFunc && n.State == timeline.Live && sure && anchor != nil {
			waiting[byPath[anchor.Path()]]--
		}
	}
	for it, n := range waiting {
		require.GreaterOrEqual(s, n, 0, "functions that wait for %s", it.path) // the rest is adopted
	}
}

// compareFunctions holds that the functions that wait are shown, and are all that wait.
func (s *script) compareFunctions(snapshot tree.Snapshot, real int) {
	var shown, wait, canEnd int
	for n := range snapshot.All() {
		if n.Kind == tree.KindAfterFunc && n.State == timeline.Live {
			shown++
		}
	}
	for _, f := range s.functions {
		if !f.over.Load() {
			wait++
			if f.of.ctx.Done() != nil {
				canEnd++
			}
		}
	}
	require.Equal(s, wait, shown)
	require.Equal(s, canEnd, real)
}

// claimed returns in whom, according to the picture, n hangs, and whether the picture claims to
// know.
func claimed(n *tree.Node) (anchor *tree.Node, sure bool) {
	for n != nil && !n.Adopted {
		n = n.Parent
		if n == nil || n.Kind == tree.KindWithoutCancel {
			return nil, true
		}
		if n.Kind == tree.KindCancel || n.Kind == tree.KindDeadline {
			return n, true
		}
	}
	return nil, n == nil
}
