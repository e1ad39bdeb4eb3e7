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

	settled sync.Once
	value   string // these two are written before over ends, and read afterwards
	err     error
}

// settle makes this the result, if there is none. What comes after the end of the context is
// none.
func (f *future) settle(value string, err error) {
	f.settled.Do(func() {
		if f.serving.Err() != nil {
			value, err = "", context.Cause(f.serving)
		}
		f.value, f.err = value, err
		f.cancel(nil)
		f.end()
	})
}

// Wait cancels the call when the one who waits gives up.
func (f *future) Wait(ctx context.Context) (value string, err error) {
	select {
	case <-f.over.Done():
	case <-ctx.Done():
		if f.over.Err() == nil { // select tosses a coin
			f.Cancel() // nobody waits for it any more
			return "", context.Cause(ctx)
		}
	}
	return f.value, f.err
}

func (f *future) Then(callback func(value string, err error)) {
	context.AfterFunc(f.over, func() { callback(f.value, f.err) })
}

func (f *future) Cancel() {
	f.cancel(ErrCanceled)
	f.settle("", nil)
}

// verdict: assert: one stopped waiting, and the call was given up
