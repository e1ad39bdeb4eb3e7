// Package panicerr asks: what does somebody hear who waits for a goroutine that panicked?
//
// Start a function in a goroutine, and tell everybody who waits for it how it ended: it
// returned, it panicked, or neither. Read panicerr.go (what is given), then write Go in
// answer.go until the tests in panicerr_test.go pass.
package panicerr

import (
	"errors"
	"fmt"
)

// ErrGoexit says that a function ended by runtime.Goexit: it neither returned nor panicked.
// In a test, t.FailNow and t.Fatal end like that.
var ErrGoexit = errors.New("the goroutine ended by runtime.Goexit")

// Panic is the error that a panic is turned into.
type Panic struct {
	Value any    // what recover returned; for panic(nil) a *runtime.PanicNilError
	Stack string // of the goroutine that panicked, with the function that did: see runtime/debug.Stack
}

func (p *Panic) Error() string { return fmt.Sprintf("panicked: %v", p.Value) }

// Starter is what Go must be, for every T. It starts f in a goroutine of its own, returns
// at once, and does not wait for wait to be called:
//
//  1. wait waits until f has ended. If f returned, wait returns what f returned: that very
//     value and error.
//  2. If f panicked, wait returns the zero T and a *Panic, not wrapped: also if the value
//     of the panic is an error, and also if it is nil. wait itself does not panic.
//  3. If f ended by runtime.Goexit, wait returns the zero T and ErrGoexit, that very error.
//  4. wait may be called at any time, again, and by many goroutines at the same time: all
//     of them get the same result.
//  5. When f has ended, its goroutine ends, whether anybody calls wait or not.
//
// Go may be called many times, also at the same time.
type Starter[T any] func(f func() (T, error)) (wait func() (T, error))

var (
	_ Starter[int]    = Go[int]
	_ Starter[string] = Go[string]
)
