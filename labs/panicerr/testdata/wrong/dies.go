package panicerr

// Go tells the end in a deferred function, and stops no panic: who waits does not live to
// hear of it.
func Go[T any](f func() (T, error)) (wait func() (T, error)) {
	var (
		value T
		err   error
		ended = make(chan struct{}) // value and err are read when it is closed
	)
	go func() {
		defer close(ended) // deferred first, so it comes last: err is set by then
		err = ErrGoexit    // until there is another end
		value, err = f()
	}()
	return func() (T, error) {
		<-ended
		return value, err
	}
}

// verdict: panic: nobody stopped this panic
