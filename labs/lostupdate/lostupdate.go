// Package lostupdate asks: why is n++ not one step?
//
// Count in a store that can only load and save, so that nothing that is added at the same
// time gets lost. Read lostupdate.go (what is given), then write New in answer.go until
// the tests in lostupdate_test.go pass.
package lostupdate

// Store keeps one number, somewhere else. Each of its methods is safe for concurrent use,
// by itself: between two calls anything may happen.
type Store interface {
	Load() int
	Save(n int)
}

// Counter is what New returns. Its methods may be called by any number of goroutines at
// the same time:
//
//  1. Add adds delta to what is in the store and returns the sum. When it returns, the sum
//     is in the store. Add loads once and saves once, in this order.
//  2. Calls of Add at the same time add up as if they had come one after another, in some
//     order: no delta is lost, and each gets the sum at its own turn.
//  3. Value returns what is in the store, at a moment between its beginning and its end.
//  4. Between the calls the number may change in the store without the counter: nothing
//     is remembered. While there are calls only the counter saves.
//  5. Counters of different stores do not wait for each other.
//  6. If the store panics, its panic is that of the call, and the counter can be used as
//     before.
//  7. Nothing goes on when no call is under way.
type Counter interface {
	Add(delta int) int
	Value() int
}

var _ func(Store) Counter = New
