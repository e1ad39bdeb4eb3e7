package panicerr

import "runtime/debug"

// Go hands the panic on as a panic, to everybody who waits.
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
				err = &Panic{Value: v, Stack: string(debug.Stack())}
			}
		}()
		value, err = f()
	}()
	return func() (T, error) {
		<-ended
		if p, ok := err.(*Panic); ok {
			panic(p.Value)
		}
		return value, err
	}
}

// verdict: panic: wait panicked itself
