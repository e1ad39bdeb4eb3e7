package panicerr

import "runtime/debug"

// Go tells the end after the call, and in the deferred function if there was a panic. After
// a Goexit neither happens.
func Go[T any](f func() (T, error)) (wait func() (T, error)) {
	var (
		value T
		err   error
		ended = make(chan struct{}) // value and err are read when it is closed
	)
	go func() {
		defer func() {
			// In a goroutine that ends by Goexit recover returns nil, and in 1.21 and
			// later never after a panic.
			if v := recover(); v != nil {
				err = &Panic{Value: v, Stack: string(debug.Stack())}
				close(ended)
			}
		}()
		value, err = f()
		close(ended)
	}()
	return func() (T, error) {
		<-ended
		return value, err
	}
}

// verdict: deadlock: f ended by runtime.Goexit, and who waits for it waits for ever
