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

// Together recovers in the frame that starts the goroutines. They panic on stacks of
// their own, which that frame is no part of.
func Together(functions ...func()) []error {
	errs := make([]error, len(functions))
	var wg sync.WaitGroup
	for i, f := range functions {
		func() {
			defer Catch(&errs[i])
			wg.Add(1)
			go func() {
				defer wg.Done()
				f()
			}()
		}()
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

// verdict: panic: nobody stopped this panic in the goroutine that panicked
