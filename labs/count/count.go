// Package count asks: how often has the signal been sent?
//
// Say what can honestly be said about signals that came, and serve every request although the
// signals for some of them never came. Read count.go (what is given), then write Tally, Ask
// and Serve in answer.go until the tests in count_test.go pass.
package count

import "context"

// Signal is the number of a signal. Those below 35 are standard signals: one is pending or it
// is not, and when it is sent again while it is pending, nothing changes, its value neither.
// Those from 35 on are real-time signals: each that was sent is queued, with its value, or the
// one who sends it is told that there was no room.
type Signal int

// Doorbell is the signal that says: there is something to do. It is a standard signal, SIGUSR1.
const Doorbell Signal = 10

// Info is a signal that came.
type Info struct {
	Signal Signal
	Value  int // what the sender wanted to say with it
}

// Next takes the next signal that is pending, of whatever number, and waits until there is one.
// It returns an error only if none is pending and ctx has ended.
type Next func(ctx context.Context) (Info, error)

// Raise sends a signal to the process that calls Next. It returns an error if there is no such
// process, or no room in its queue.
type Raise func(sig Signal, value int) error

// Count is what is known about how often a signal was sent.
type Count struct {
	N       int
	AtLeast bool // it may have been more often than N
}

// Memory is a number in memory that both processes share. Each method is one step.
type Memory interface {
	Load() int64
	Add(n int64) (sum int64)
	Store(n int64)
	Swap(n int64) (old int64)
}

type (
	// Tallier is what Tally must be. It takes signals until Next returns an error, and then
	// returns, for each number of which a signal came, how often signals with this number have
	// been sent: exactly if that can be known, else at least.
	Tallier func(ctx context.Context, next Next) map[Signal]Count

	// Asker is what Ask must be. It adds one request to those in asked, and rings the Doorbell,
	// once, so that the request is served soon. It returns the error of raise. It may be called
	// by many at the same time.
	Asker func(asked Memory, raise Raise) error

	// Server is what Serve must be. There is one Serve at a time:
	//
	//  1. It calls work once for every request, one after another, in the calling goroutine. It
	//     begins at once with those that were asked for before the call, whether the Doorbell
	//     rings again or not.
	//  2. If there is nothing to do, it waits in next. Signals other than the Doorbell say
	//     nothing, and the value of the Doorbell says nothing either. A Doorbell may stand for
	//     many requests, and for some that have been served already.
	//  3. Requests that come during work are served too.
	//  4. When ctx ends, Serve finishes the work it is at, begins no other, and returns how
	//     many requests it has served. Those that it has not begun are still in asked, no more
	//     and no fewer, for the next Serve.
	Server func(ctx context.Context, asked Memory, next Next, work func()) (served int)
)

var (
	_ Tallier = Tally
	_ Asker   = Ask
	_ Server  = Serve
)
