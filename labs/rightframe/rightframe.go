// Package rightframe asks: where must recover stand, so that it stops a panic?
//
// Write one function that others defer, and two that call what may panic, in a row and at
// the same time. Read rightframe.go (what is given), then write Catch, All and Together in
// answer.go until the tests in rightframe_test.go pass.
package rightframe

import "fmt"

// Panic is the error that a panic is turned into.
type Panic struct {
	Value any // what recover returned
}

func (p *Panic) Error() string { return fmt.Sprintf("panicked: %v", p.Value) }

// Catcher is what Catch must be: a function that is deferred directly, by a function that
// returns its error in a variable.
//
//  1. If the function that deferred it panics, Catch stops the panic, whatever the value,
//     and sets err to a *Panic with that value: the pointer itself, not wrapped. An error
//     that was there before is replaced.
//  2. If the function does not panic, Catch leaves err as it is.
//
// This is how it is used:
//
//	func serve() (err error) {
//		defer Catch(&err)
//		...
//	}
type Catcher func(err *error)

// Sequence is what All must be. It calls the functions one after another, in order, and
// returns their panics. The functions return or panic; they do not call runtime.Goexit:
//
//  3. Every function is called, once, whichever of those before it have panicked.
//  4. The result has one element for each function, at its place: nil if the function
//     returned, and a *Panic with the value if it panicked.
type Sequence func(functions ...func()) []error

// Group is what Together must be. It calls the functions at the same time, each in a
// goroutine of its own:
//
//  5. The result is that of All, in the order of the arguments, whoever ends first.
//  6. Together returns when the last function has ended, and leaves no goroutine behind. A
//     panic ends neither the process nor the other functions.
type Group func(functions ...func()) []error

var (
	_ Catcher  = Catch
	_ Sequence = All
	_ Group    = Together
)
