// Package closer asks: who closes a channel into which many send?
//
// Build a line that many talk into and one listens to, and that anybody may close at any
// time. Read closer.go (what is given), then write New in answer.go until the tests in
// closer_test.go pass.
package closer

// Line is what New returns. All its methods may be called by any number of goroutines at
// the same time:
//
//  1. Send waits until somebody has received value from Values, however long that takes and
//     however many wait, and then returns true. It returns false if the line is closed:
//     before the call, or while it waits. Then nobody receives value, neither now nor later.
//     It returns false even if somebody is there who would receive.
//  2. Close closes the line: every Send that waits returns false. It does not wait for a
//     reader, so that a reader can call it too. When Close returns, no Send waits any more and the
//     channel that Values returns is closed. Close may be called again, also while another
//     call has not returned: all of them return when the channel is closed, and not before.
//  3. Values returns always the same channel, which has no room. It is closed by Close, and
//     only when nobody can send to it any more.
//  4. No method panics, and none starts anything that goes on when the line is closed.
//     Who sends on one line does not wait for those on another.
type Line interface {
	Send(value int) bool
	Close()
	Values() <-chan int
}

var _ func() Line = New
