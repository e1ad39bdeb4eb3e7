// Package inorder asks: how do many hands work at once, and the results still come out
// in order?
//
// Fan out to several goroutines, fan in again, and keep the order of what came in. Read
// inorder.go (what is given), then write Map in answer.go until the tests in
// inorder_test.go pass.
package inorder

import "context"

// Work makes one result out of one value. It takes as long as it takes and cannot be
// stopped. It may be called by several goroutines at the same time, and does not panic.
type Work func(value int) (result string)

// Mapper is what Map must be. It returns a channel with the results of work for the
// values that come out of in:
//
//  1. Map returns at once. The results are sent as they get ready, each as soon as all
//     of those before it have been received, and in the order in which the values came
//     in, however long each takes. Nothing else is sent.
//  2. work is called once for each value, also if the same value comes again, and at most
//     n calls run at the same time.
//  3. The call for a value begins as soon as it is there and fewer than n of the values
//     before it have results that were not received yet. Not earlier: a reader that is
//     slow, or one call that is slow, makes everything wait, and n results are the most
//     that pile up. One value more may have been taken out of in.
//  4. When in is closed, the channel of results is closed once the last result has
//     been received.
//  5. When ctx has ended, no call begins any more, nobody waits for in or for the reader
//     any longer, and the channel of results is closed when the calls that run have
//     returned. Results that were not received by then are lost; those that are received
//     are still in order, and none in between is missing.
//  6. When the channel of results is closed, no goroutine that Map started goes on.
//
// n is 1 or more. Map may be called many times, also at the same time.
type Mapper func(ctx context.Context, n int, in <-chan int, work Work) <-chan string

var _ Mapper = Map
