// Package oracle answers: which tree of contexts does package context itself have?
//
// It reads the private fields of package context, so it is for tests and for looking, not for
// programs to depend on: a version of Go in which these fields are others is refused with an
// error (layout.go), never read wrongly. The tests of package tree hold the tree's picture
// against it.
package oracle

import (
	"context"
	"reflect"
	"runtime"
	"sync"
	"sync/atomic"
	"unsafe"
)

// Context is a context that can be cancelled, as package context has it.
type Context struct {
	ID         unsafe.Pointer // its address; two with the same one are one
	Type       string         // "cancelCtx", "timerCtx" or "afterFuncCtx"
	Err, Cause error          // nil while it is alive
	Asked      bool           // its Done has been called; or it was cancelled, which makes the channel, too
	Func       string         // of an afterFuncCtx: the name of the function that waits
	Children   []*Context     // those that are cancelled with it, in no order
}

// Of returns the context that decides over ctx, that is ctx itself or the nearest one above it,
// and all that hangs in it. It returns nil, and no error, if package context knows of none: for
// Background, and for a context below WithoutCancel.
//
// Each node is read under its own lock and not all at once: while others cancel and derive,
// every node was as it is shown, at some moment.
func Of(ctx context.Context) (*Context, error) {
	if err := Supported(); err != nil {
		return nil, err
	}
	found := reflect.ValueOf(ctx.Value(cancelCtxKey()))
	if !found.IsValid() {
		return nil, nil
	}
	return read(found), nil
}

// read reads a *cancelCtx, *timerCtx or *afterFuncCtx.
func read(pointer reflect.Value) *Context {
	outer := pointer.Elem()
	c := &Context{ID: pointer.UnsafePointer(), Type: outer.Type().Name()}
	inner := outer
	if embedded := outer.FieldByName("cancelCtx"); embedded.IsValid() {
		inner = embedded
	}
	if f := outer.FieldByName("f"); f.IsValid() {
		c.Func = runtime.FuncForPC(f.Pointer()).Name()
	}
	for _, child := range readLocked(c, inner) {
		c.Children = append(c.Children, read(child))
	}
	return c
}

// readLocked fills in what the lock of the cancelCtx guards, and returns its children.
func readLocked(c *Context, cancelCtx reflect.Value) (children []reflect.Value) {
	mu := field[sync.Mutex](cancelCtx, "mu")
	mu.Lock()
	defer mu.Unlock()
	c.Asked = field[atomic.Value](cancelCtx, "done").Load() != nil
	c.Err, _ = field[atomic.Value](cancelCtx, "err").Load().(error)
	c.Cause = *field[error](cancelCtx, "cause")
	for _, child := range cancelCtx.FieldByName("children").MapKeys() {
		children = append(children, child.Elem())
	}
	return children
}

// field returns a pointer to a field, which must be a T: Supported has seen to that.
func field[T any](v reflect.Value, name string) *T {
	return (*T)(unsafe.Pointer(v.FieldByName(name).UnsafeAddr()))
}

// spy is a dead context that remembers what it was asked for.
type spy struct {
	context.Context
	key any
}

func (s *spy) Err() error { return context.Canceled }

func (s *spy) Value(key any) any {
	s.key = key
	return nil
}

// cancelCtxKey returns the private key under which a cancelCtx answers with itself. Cause asks
// for it.
var cancelCtxKey = sync.OnceValue(func() any {
	s := &spy{Context: context.Background()}
	_ = context.Cause(s)
	return s.key
})
