package growth

import (
	"context"
	"fmt"
	"runtime"
	"time"

	"lab.example/gopark/internal/experiment"
)

// weights are how many bytes are kept for one of many, with everything that it makes others
// keep: its entry in the map of the parent, its timer, its stack.
type weights struct {
	Value         int64 `obs:"/weight/with-value:bytes"`
	WithoutCancel int64 `obs:"/weight/without-cancel:bytes"`
	Cancel        int64 `obs:"/weight/with-cancel:bytes"`
	Done          int64 `obs:"/weight/with-cancel-done:bytes"` // when Done was called
	Timeout       int64 `obs:"/weight/with-timeout:bytes"`
	Function      int64 `obs:"/weight/after-func:bytes"`
	Goroutine     int64 `obs:"/weight/goroutine:bytes"` // that waits for Done
}

// weighed is how many are weighed at once.
const weighed = 10_000

type key struct{}

// weigh must be called first, and weighs the goroutines last: see inUse.
func weigh() (w weights) {
	w.Value = weight(func(parent context.Context) any { return context.WithValue(parent, key{}, nil) })
	w.WithoutCancel = weight(func(parent context.Context) any { return context.WithoutCancel(parent) })
	w.Cancel = weight(func(parent context.Context) any {
		ctx, _ := derive(parent)
		return ctx
	})
	w.Done = weight(func(parent context.Context) any {
		ctx, _ := derive(parent)
		ctx.Done()
		return ctx
	})
	w.Timeout = weight(func(parent context.Context) any {
		ctx, cancel := context.WithTimeout(parent, time.Hour)
		_ = cancel // the parent will be cancelled
		return ctx
	})
	w.Function = weight(func(parent context.Context) any {
		context.AfterFunc(parent, nothing)
		return nil
	})
	w.Goroutine = weight(func(parent context.Context) any {
		byGoroutine(parent, nothing)
		return nil
	})
	return w
}

func nothing() {}

// weight returns how many bytes are in use for each of many that hang on one parent, apart
// from the slice that holds them.
func weight(hang func(parent context.Context) any) int64 {
	parent, cancel := context.WithCancel(context.Background())
	defer cancel()
	kept := make([]any, weighed)
	before := inUse()
	for i := range kept {
		kept[i] = hang(parent)
	}
	after := inUse()
	runtime.KeepAlive(kept)
	return (after - before) / weighed
}

// inUse returns the bytes of the heap and of all stacks. What is weighed before the goroutines
// leaves the stacks as they are: nothing that ran in this process yet has needed a large one.
func inUse() int64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.GC() // what had a cleanup
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc + m.StackInuse)
}

func (w weights) table() experiment.Table {
	t := experiment.Table{Header: []string{"one of many", "bytes"}}
	for _, row := range []struct {
		what  string
		bytes int64
	}{
		{"WithoutCancel", w.WithoutCancel},
		{"WithValue", w.Value},
		{"WithCancel", w.Cancel},
		{"WithCancel, and Done was called", w.Done},
		{"WithTimeout", w.Timeout},
		{"AfterFunc", w.Function},
		{"a goroutine that waits for Done", w.Goroutine},
	} {
		t.Add(row.what, row.bytes)
	}
	return t
}

// stack is the least that a goroutine has.
const stack = 2048

func (w weights) check() error {
	switch {
	case w.Value <= 0 || w.WithoutCancel <= 0:
		return fmt.Errorf("a value of %d bytes, a WithoutCancel of %d: nothing was weighed", w.Value, w.WithoutCancel)
	case w.Value >= w.Cancel:
		return experiment.Refuted("WithValue keeps %d bytes, WithCancel %d", w.Value, w.Cancel)
	case w.Cancel >= w.Done:
		return experiment.Refuted("Done costs nothing: WithCancel keeps %d bytes without it and %d with", w.Cancel, w.Done)
	case w.Goroutine < stack:
		return experiment.Refuted("a goroutine that waits keeps %d bytes", w.Goroutine)
	case w.Function*4 > w.Goroutine:
		return experiment.Refuted("a function of AfterFunc keeps %d bytes, a goroutine %d", w.Function, w.Goroutine)
	case w.Timeout*4 > w.Goroutine:
		return experiment.Refuted("WithTimeout keeps %d bytes, as if it had a goroutine (%d)", w.Timeout, w.Goroutine)
	}
	return nil
}
