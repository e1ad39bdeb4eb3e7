package panicerr

import "runtime/debug"

// Go knows two ways to end. What did not panic has returned.
func Go[T any](f func() (T, error)) (wait func() (T, error)) {
	var (
		value T
		err   error
		ended = make(chan struct{}) // value and err are read when it is closed
	)
	go func() {
		defer close(ended) // deferred first, so it comes last: err is set by then
		defer func() {
			// In a goroutine that ends by Goexit recover returns nil, and in 1.21 and
			// later never after a panic.
			if v := recover(); v != nil {
				err = &Panic{Value: v, Stack: string(debug.Stack())}
			}
		}()
		value, err = f()
	}()
	return func() (T, error) {
		<-ended
		return value, err
	}
}

// verdict: assert: ended by runtime.Goexit and never returned
