package rightframe

import "sync"

// Catch keeps the process alive, and tells nobody what it has seen.
func Catch(err *error) {
	recover()
}

// All calls the functions one after another; see Sequence.
func All(functions ...func()) []error {
	errs := make([]error, len(functions))
	for i, f := range functions {
		errs[i] = try(f)
	}
	return errs
}

// Together calls the functions at the same time; see Group.
func Together(functions ...func()) []error {
	var wg sync.WaitGroup
	errs := make([]error, len(functions)) // every goroutine has an element of its own
	for i, f := range functions {
		wg.Go(func() { errs[i] = try(f) })
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

// verdict: assert: the panic is lost
