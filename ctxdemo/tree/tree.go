package tree

import (
	"context"
	"reflect"
	"runtime"
	"sync"
	"time"
)

// Options says what a Tree writes down beyond who is there. Each costs time for every context
// that is made and cancelled; BenchmarkCost tells how much.
type Options struct {
	// Sites notes in which file and line each context was made, its cancel called, and its Done.
	Sites bool
	// Times notes when. With a Sink or a Log it is on anyway.
	Times bool
	// Sink gets every event, in order. It is called with the tree's lock held, so it should be
	// quick, and must neither use the tree nor call its functions; contexts may be asked.
	Sink func(Event)
	// Log is how many events are kept for Events, the oldest dropped first.
	Log int
	// Keep is how many nodes that have ended are remembered, the oldest forgotten first.
	// 0 means 1024; less than 0, none.
	Keep int
}

const defaultKeep = 1024

// Tree makes contexts and remembers them. Its methods may be called by several goroutines at
// once.
type Tree struct {
	options Options
	timed   bool
	start   time.Time

	mu     sync.Mutex
	roots  record // what the roots have for a parent: counts and names, no more
	loose  loose  // nodes that no other node holds
	births uint64
	deaths uint64
	ended  ring[*record]
	log    ring[Event]
}

// New returns an empty tree.
func New(o Options) *Tree {
	if o.Keep == 0 {
		o.Keep = defaultKeep
	}
	return &Tree{
		options: o,
		timed:   o.Times || o.Sink != nil || o.Log > 0,
		start:   time.Now(),
		ended:   ring[*record]{size: o.Keep},
		log:     ring[Event]{size: o.Log},
	}
}

// WithCancel is context.WithCancel.
func (t *Tree) WithCancel(parent context.Context) (context.Context, context.CancelFunc) {
	return t.withCancel(parent, 1)
}

// The functions that do the work are told how many callers stand between them and the program,
// for Sites.

func (t *Tree) withCancel(parent context.Context, skip int) (context.Context, context.CancelFunc) {
	n, cancel := t.newCancel(parent, skip+1)
	return n, func() {
		n.calling()
		cancel(nil)
		t.look(n, t.caller(1))
	}
}

// WithCancelCause is context.WithCancelCause.
func (t *Tree) WithCancelCause(parent context.Context) (context.Context, context.CancelCauseFunc) {
	return t.withCancelCause(parent, 1)
}

func (t *Tree) withCancelCause(parent context.Context, skip int) (context.Context, context.CancelCauseFunc) {
	n, cancel := t.newCancel(parent, skip+1)
	return n, func(cause error) {
		n.calling()
		cancel(cause)
		t.look(n, t.caller(1))
	}
}

func (t *Tree) newCancel(parent context.Context, skip int) (*node, context.CancelCauseFunc) {
	o := t.origin(parent)
	ctx, cancel := context.WithCancelCause(o.Context)
	n := t.newNode(KindCancel, o, ctx, t.caller(skip+1))
	t.add(n, o)
	return n, cancel
}

// WithDeadline is context.WithDeadline.
func (t *Tree) WithDeadline(parent context.Context, d time.Time) (context.Context, context.CancelFunc) {
	return t.withDeadline(parent, d, nil, 1)
}

// WithDeadlineCause is context.WithDeadlineCause.
func (t *Tree) WithDeadlineCause(parent context.Context, d time.Time, cause error) (context.Context, context.CancelFunc) {
	return t.withDeadline(parent, d, cause, 1)
}

// WithTimeout is context.WithTimeout.
func (t *Tree) WithTimeout(parent context.Context, timeout time.Duration) (context.Context, context.CancelFunc) {
	return t.withDeadline(parent, time.Now().Add(timeout), nil, 1)
}

// WithTimeoutCause is context.WithTimeoutCause.
func (t *Tree) WithTimeoutCause(parent context.Context, timeout time.Duration, cause error) (context.Context, context.CancelFunc) {
	return t.withDeadline(parent, time.Now().Add(timeout), cause, 1)
}

func (t *Tree) withDeadline(parent context.Context, d time.Time, cause error, skip int) (context.Context, context.CancelFunc) {
	o := t.origin(parent)
	kind := KindDeadline
	if o.Context != nil {
		if above, ok := o.Deadline(); ok && above.Before(d) {
			kind = KindCancel // that is what package context makes of it, too
		}
	}
	ctx, cancel := context.WithDeadlineCause(o.Context, d, cause)
	n := t.newNode(kind, o, ctx, t.caller(skip+1))
	if kind == KindDeadline {
		n.detail = d
	}
	t.add(n, o)
	return n, func() {
		n.calling()
		cancel()
		t.look(n, t.caller(1))
	}
}

// WithValue is context.WithValue. The value is not written down, and of the key only the type.
func (t *Tree) WithValue(parent context.Context, key, value any) context.Context {
	return t.withValue(parent, key, value, 1)
}

func (t *Tree) withValue(parent context.Context, key, value any, skip int) context.Context {
	o := t.origin(parent)
	n := t.newNode(KindValue, o, context.WithValue(o.Context, key, value), t.caller(skip+1))
	n.detail = reflect.TypeOf(key)
	t.add(n, o)
	return n
}

// WithoutCancel is context.WithoutCancel.
func (t *Tree) WithoutCancel(parent context.Context) context.Context {
	return t.withoutCancel(parent, 1)
}

func (t *Tree) withoutCancel(parent context.Context, skip int) context.Context {
	o := t.origin(parent)
	n := t.newNode(KindWithoutCancel, o, context.WithoutCancel(o.Context), t.caller(skip+1))
	t.add(n, o)
	return n
}

// AfterFunc is context.AfterFunc. In the tree, f is a leaf that lives until f has been
// started or stopped; it is not shown as ended before its goroutine has begun.
func (t *Tree) AfterFunc(ctx context.Context, f func()) (stop func() bool) {
	return t.afterFunc(ctx, f, 1)
}

func (t *Tree) afterFunc(ctx context.Context, f func(), skip int) (stop func() bool) {
	o := t.origin(ctx)
	if o.Context == nil {
		return context.AfterFunc(o.Context, f) // panics
	}
	n := t.newNode(KindAfterFunc, o, o.Context, t.caller(skip+1))
	t.add(n, o)
	stopStandard := context.AfterFunc(o.Context, func() {
		t.fired(n)
		f()
	})
	return func() bool {
		stopped := stopStandard()
		if stopped {
			t.stopped(n, t.caller(1))
		}
		return stopped
	}
}

// Path returns the path of the nearest context of the tree: that of ctx itself if the tree has
// made it, or of the first one above it; "" if there is none.
func (t *Tree) Path(ctx context.Context) string {
	if n, ok := ctx.Value(t).(*node); ok {
		return n.path()
	}
	return ""
}

// caller returns where the caller of the caller is, skip frames further up, or 0 if sites are
// not wanted.
func (t *Tree) caller(skip int) uintptr {
	if !t.options.Sites {
		return 0
	}
	var pc [1]uintptr
	runtime.Callers(skip+2, pc[:])
	return pc[0]
}

// clock returns the time since the tree was made, or 0 if times are not wanted.
func (t *Tree) clock() time.Duration {
	if !t.timed {
		return 0
	}
	return time.Since(t.start)
}
