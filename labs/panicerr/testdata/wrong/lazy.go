package panicerr

import (
	"runtime/debug"
	"sync"
)

// Go starts nothing until somebody waits.
func Go[T any](f func() (T, error)) (wait func() (T, error)) {
	var (
		value T
		err   error
		once  sync.Once
	)
	return func() (T, error) {
		once.Do(func() {
			ended := make(chan struct{})
			go func() {
				defer close(ended)
				err = ErrGoexit
				defer func() {
					if v := recover(); v != nil {
						err = &Panic{Value: v, Stack: string(debug.Stack())}
					}
				}()
				value, err = f()
			}()
			<-ended
		})
		return value, err
	}
}

// verdict: assert: who starts, and not who waits, makes f begin
