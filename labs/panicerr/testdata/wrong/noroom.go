package panicerr

import "runtime/debug"

// Go sends the end to whoever waits, and as often as somebody does: the goroutine stays for
// ever, and all the more if nobody ever waits.
func Go[T any](f func() (T, error)) (wait func() (T, error)) {
	var (
		value T
		err   error
		ended = make(chan struct{}) // value and err are read when it is closed
	)
	go func() {
		defer func() {
			for {
				ended <- struct{}{}
			}
		}()
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

// verdict: leak: goroutines still blocked
