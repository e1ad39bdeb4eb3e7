package panicerr

import "runtime/debug"

// Go sends one result, and one of those who wait receives it.
func Go[T any](f func() (T, error)) (wait func() (T, error)) {
	var (
		value T
		err   error
		ended = make(chan struct{}, 1)
	)
	go func() {
		defer func() { ended <- struct{}{} }()
		err = ErrGoexit // until there is another end
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

// verdict: deadlock: so its end is told to some and not to all
