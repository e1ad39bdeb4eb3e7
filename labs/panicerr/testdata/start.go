package panicerr

// Go starts f and returns how to wait for it; see Starter.
//
// This one is for functions that return, and for one who waits.
func Go[T any](f func() (T, error)) (wait func() (T, error)) {
	var value T
	var err error
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		defer func() { recover() }()
		value, err = f()
	}()
	return func() (T, error) {
		<-ended
		return value, err
	}
}
