// Package priority asks: how do you wait for several things, of which one matters more?
//
// Carry out jobs that come from two channels, the urgent ones first, and none when there
// is to be an end. Read priority.go (what is given), then write Serve in answer.go until
// the tests in priority_test.go pass.
package priority

// Job is one piece of work. It does not panic.
type Job func()

// Server is what Serve must be. It carries out jobs, one after another:
//
//  1. Each job is run as soon as it is there and the one before it is over, and Serve
//     returns when the last one is over. While there is nothing to do, Serve waits: it does
//     not look from time to time, and it takes no processor.
//  2. If an urgent job is there, no ordinary one begins. Jobs of the same channel run in
//     the order in which they come.
//  3. When stop is closed, no job begins any more, urgent or not, however many are there:
//     Serve returns. A job that runs is run to its end.
//  4. Serve takes a job out of its channel only to run it at once: what it has not run when
//     it returns is still there, for somebody else.
//  5. A channel that is closed has no more jobs: Serve goes on with the other one. When
//     both are closed and there are no jobs left, it returns. A nil channel never has
//     jobs, and never ends; a nil stop is never closed.
//  6. The result is the number of jobs that were run. When Serve has returned, no goroutine
//     that it started is left.
//
// What happens at the same moment, with nothing to order it, may be taken in any order:
// Serve may run one job if stop is closed just when it takes it. A job in a channel without
// room is there as soon as somebody waits to send it. Serve may be called many times, also
// at the same time.
type Server func(stop <-chan struct{}, urgent, ordinary <-chan Job) (ran int)

var _ Server = Serve
