// Package reporter asks: how does a program report what it does, without being slowed by it?
//
// Hand events to a server that may be slow or gone, from a program that must not notice.
// Read reporter.go (what is given), then write New in answer.go until the tests in
// reporter_test.go pass.
package reporter

import "context"

// Send brings one event to the server. It may take long, and returns soon after the end of
// ctx.
type Send func(ctx context.Context, event string) error

// Reporter is what New returns. Report and Dropped may be called by any number of goroutines
// at any time, also while Close is at work and after it:
//
//  1. Report never waits. If fewer events wait than there is room for, it takes the event and
//     returns true. Otherwise the event is dropped, and Report returns false. An event that is
//     being sent does not wait any more, and the next one is sent as soon as send has returned.
//  2. Events are sent in the order in which they were taken, each once, by one call of send at a time,
//     whatever send returned for those before.
//  3. Dropped returns how many events have been dropped so far: those for which Report returned
//     false, those for which send returned an error, and those that Close has given up.
//  4. Close is called once. From then on Report takes nothing. Close waits until everything that has
//     been taken has been sent, and returns nil.
//  5. If ctx ends before that, the context that send was handed ends too, what waits is dropped
//     and not sent, and Close returns context.Cause(ctx) when send has returned.
//  6. When Close has returned, no goroutine of the reporter is left. No method panics.
type Reporter interface {
	Report(event string) bool
	Dropped() int
	Close(ctx context.Context) error
}

// room is 1 or more.
var _ func(room int, send Send) Reporter = New
