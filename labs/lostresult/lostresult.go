// Package lostresult asks: what has become of every single call, and not only of those that
// were lucky?
//
// Make many calls at the same time and bring each result home to its own place: also when
// some fail, and when somebody does not want to wait any longer. Read lostresult.go (what is
// given), then write All in answer.go until the tests in lostresult_test.go pass.
package lostresult

import "context"

// Fetch is one call. It takes as long as it takes, and may or may not mind the end of ctx.
// It returns a value, an error, or both at once: what there was until it failed. It may be called
// by many goroutines at the same time, and does not panic.
type Fetch func(ctx context.Context, id string) (value string, err error)

// Result is what one call returned.
type Result struct {
	Value string
	Err   error
}

// Collector is what All must be. It makes one call for each of ids:
//
//  1. The calls all run at the same time, however many there are and however long they take,
//     each in a goroutine of its own. They are handed ctx, or a context that is derived from it.
//  2. There are as many results as ids. The result at an index is what the call for the id
//     at that index returned, value and error, unchanged. An id may be there more than
//     once: then each has a call of its own, and a result of its own.
//  3. A call that fails stops nobody, and takes nobody's place: the others go on, and their results are
//     there.
//  4. All returns as soon as all calls have returned, and not before, unless ctx ends.
//  5. When ctx ends, All returns at once. The results of calls that had returned before are
//     there, be they empty or not. For a call that had not, the result has no value, and its
//     error is the cause of ctx, that very value. Of a call that returns at that same instant
//     it may be either.
//  6. If ctx has ended before the call of All, nothing is called, and every result has the cause.
//  7. What All has returned belongs to the caller. Nobody writes to it any more, whatever
//     calls return later, and whoever calls All again. Calls that still run are left to
//     themselves, and once they have returned nothing is left of All: no goroutine, and
//     nothing that is derived from ctx.
//
// All may be called many times, also at the same time.
type Collector func(ctx context.Context, ids []string, fetch Fetch) []Result

var _ Collector = All
