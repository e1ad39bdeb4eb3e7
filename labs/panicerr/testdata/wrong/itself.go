package panicerr

import "runtime/debug"

// Go makes no difference between an error that f returned and one that it panicked with.
func Go[T any](f func() (T, error)) (wait func() (T, error)) {
	var (
		value T
		err   error
		ended = make(chan struct{}) // value and err are read when it is closed
	)
	go func() {
		defer close(ended) // deferred first, so it comes last: err is set by then
		err = ErrGoexit    // until there is another end
		defer func() {
			// In a goroutine that ends by Goexit recover returns nil, and in 1.21 and
			// later never after a panic.
			if v := recover(); v != nil {
				if err, _ = v.(error); err == nil {
					err = &Panic{Value: v, Stack: string(debug.Stack())}
				}
			}
		}()
		value, err = f()
	}()
	return func() (T, error) {
		<-ended
		return value, err
	}
}

// verdict: assert: as if f had returned it
