package panicerr

import "runtime/debug"

// Go has the stack printed by the one who waits, and that is the stack of the one who waits.
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
				err = &Panic{Value: v}
			}
		}()
		value, err = f()
	}()
	return func() (T, error) {
		<-ended
		if p, ok := err.(*Panic); ok {
			return value, &Panic{Value: p.Value, Stack: string(debug.Stack())}
		}
		return value, err
	}
}

// verdict: assert: without the function that panicked
