// Package onceerr asks: what is "once" if it can fail?
//
// Load something at the first use, and only once, but try again if it did not work. Read
// onceerr.go (what is given), then write Once in answer.go until the tests in
// onceerr_test.go pass.
package onceerr

// Load gets something that is expensive. It may fail and may panic. It does not use what Once
// has made of it.
type Load func() (string, error)

// Oncer is what Once must be. It returns a function, get, that any number of goroutines may
// call at the same time:
//
//  1. Once itself does not call load, and neither does get before somebody calls it.
//  2. When load has returned a value and nil, this value and nil are the result of that call of
//     get and of all that are under way or come later. load is not called any more. Any
//     string is a value.
//  3. When load returns an error, that error, as it is, and "" are the result of the one call of
//     get that has called load. It is not kept: the next one loads again.
//  4. No two calls of load are under way at the same time. Who comes during one waits until
//     it is over. If that failed, those who have waited load themselves, one after another,
//     until one of them has a value.
//  5. If load panics, its panic is that of the call of get that has called it, and of no other.
//     Otherwise it is like an error: those who have waited load themselves.
//  6. What comes of two calls of Once has nothing to do with each other.
//  7. Nothing goes on when no call of get is under way.
type Oncer func(load Load) (get func() (string, error))

var _ Oncer = Once
