package oracle

import (
	"context"
	"fmt"
	"reflect"
	"runtime"
	"sync"

	"lab.example/gopark/internal/hint"
)

// layout is the fields of a struct: name and type, in order.
type layout [][2]string

// The layouts that this package can read: those of Go 1.26.
var (
	cancelLayout = layout{
		{"Context", "context.Context"},
		{"mu", "sync.Mutex"},
		{"done", "atomic.Value"},
		{"children", "map[context.canceler]struct {}"},
		{"err", "atomic.Value"},
		{"cause", "error"},
	}
	timerLayout = layout{
		{"cancelCtx", "context.cancelCtx"},
		{"timer", "*time.Timer"},
		{"deadline", "time.Time"},
	}
	afterFuncLayout = layout{
		{"cancelCtx", "context.cancelCtx"},
		{"once", "sync.Once"},
		{"f", "func()"},
	}
)

// Supported returns nil if the contexts of this Go have the layout that the package knows, else
// an error that says what is different. Nothing has been read then.
var Supported = sync.OnceValue(supported)

func supported() error {
	root, cancel := context.WithCancel(context.Background())
	defer cancel()
	if cancelCtxKey() == nil {
		return unknown(fmt.Errorf("context.Cause asks a context for nothing"))
	}
	if got, ok := root.Value(cancelCtxKey()).(context.Context); !ok || got != root {
		return unknown(fmt.Errorf("a context does not answer to its private key with itself"))
	}
	if err := check(root, cancelLayout); err != nil {
		return err
	}
	timed, stop := context.WithTimeout(context.Background(), 1<<62)
	defer stop()
	if err := check(timed, timerLayout); err != nil {
		return err
	}
	defer context.AfterFunc(root, func() {})()
	for _, child := range reflect.ValueOf(root).Elem().FieldByName("children").MapKeys() {
		return checkType(child.Elem().Type(), afterFuncLayout)
	}
	return unknown(fmt.Errorf("a function of AfterFunc is not among the children"))
}

func check(ctx context.Context, want layout) error { return checkType(reflect.TypeOf(ctx), want) }

// checkType compares the fields of a pointer's struct with want.
func checkType(pointer reflect.Type, want layout) error {
	if pointer.Kind() != reflect.Pointer || pointer.Elem().Kind() != reflect.Struct {
		return unknown(fmt.Errorf("%s is not a pointer to a struct", pointer))
	}
	t := pointer.Elem()
	for i, w := range want {
		if i >= t.NumField() {
			return unknown(fmt.Errorf("%s has no field %s", t, w[0]))
		}
		if f := t.Field(i); f.Name != w[0] || f.Type.String() != w[1] {
			return unknown(fmt.Errorf("%s has %s %s where %s %s is expected", t, f.Name, f.Type, w[0], w[1]))
		}
	}
	if t.NumField() > len(want) {
		return unknown(fmt.Errorf("%s has a field %s that is not known", t, t.Field(len(want)).Name))
	}
	return nil
}

func unknown(err error) error {
	return hint.With(fmt.Errorf("read package context of %s: unknown layout: %w", runtime.Version(), err),
		"compare context.go with ctxdemo/tree/oracle/layout.go")
}
