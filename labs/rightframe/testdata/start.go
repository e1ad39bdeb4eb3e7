package rightframe

import "errors"

// Catch turns a panic into an error; see Catcher.
//
// This one stops a panic and says that there was one. Where it stands is right; what it
// says is too little.
func Catch(err *error) {
	if recover() != nil {
		*err = errors.New("something panicked")
	}
}

// All calls the functions one after another; see Sequence.
//
// This one is for functions that do not panic.
func All(functions ...func()) []error {
	errs := make([]error, len(functions))
	for _, f := range functions {
		f()
	}
	return errs
}

// Together calls the functions at the same time; see Group.
func Together(functions ...func()) []error {
	return All(functions...)
}
