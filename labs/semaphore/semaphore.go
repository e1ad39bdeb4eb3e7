// Package semaphore asks: how does a channel limit how many are inside?
//
// Build a semaphore: so many places, and whoever finds none waits until one is free or he
// has had enough. Read semaphore.go (what is given), then write New in answer.go until
// the tests in semaphore_test.go pass.
package semaphore

import "context"

// Semaphore is what New returns. Its methods may be called by any number of goroutines at
// the same time:
//
//  1. There are as many places as New was told, and never more are taken.
//  2. Acquire takes a place and returns nil. If there is none, it waits until one is given
//     back, however long that takes and however many wait, and takes it at that moment: nobody
//     who comes later gets it. Those who wait are served in the order in which they came.
//  3. If ctx ends before that, Acquire returns context.Cause(ctx) at that moment, and
//     has no place and will never get one. If ctx has ended before the call, that is so even
//     if there are places left. If ctx ends at the moment when a place is given back, Acquire
//     returns either, and if it is the error, others can take the place.
//  4. TryAcquire takes a place if there is one, and says whether it did. It never waits.
//  5. Release gives a place back, and never waits. It does not matter who calls it. If no
//     place is taken, it panics: somebody has given back what he did not have.
//  6. Nobody but the callers is at work: the semaphore starts no goroutines, and whoever
//     waits takes no processor.
type Semaphore interface {
	Acquire(ctx context.Context) error
	TryAcquire() bool
	Release()
}

var _ func(places int) Semaphore = New
