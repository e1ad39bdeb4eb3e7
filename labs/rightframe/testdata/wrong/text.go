package rightframe

import (
	"fmt"
	"sync"
)

// Catch keeps what the value looks like when it is printed.
func Catch(err *error) {
	if value := recover(); value != nil {
		*err = &Panic{Value: fmt.Sprint(value)}
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

// verdict: assert: want that very value
