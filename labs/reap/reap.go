// Package reap asks: how many children does one SIGCHLD stand for?
//
// Take in the statuses of your own children when they have ended, all of them, soon, and nobody
// else's. Read reap.go (what is given), then write Reap in answer.go until the tests in reap_test.go
// pass.
package reap

import (
	"context"
	"errors"
)

// Status is how a child has ended.
type Status struct {
	Exit   int    // its exit status
	Signal string // the signal that ended it, or ""
}

// Wait reaps a child if there is one that has ended, and never waits: it is wait4 with WNOHANG.
// It reaps the child with the number pid or, if that is -1, some child of this process, whoever
// has started it. It returns
//   - the number of the child and its status: it is reaped now, and its number may be given
//     to another child at any time,
//   - the number 0 if there are such children, and none of them has ended,
//   - ErrNoChild if there are none: never were, or reaped already.
//
// There are no other errors.
type Wait func(pid int) (got int, status Status, err error)

// ErrNoChild is the system's ECHILD.
var ErrNoChild = errors.New("no child processes")

// Reaper is what Reap must be. It reaps the children in own, numbers that are all different. A
// signal comes out of chld when a child has ended, or some children, of whoever in this
// process: signals are not counted, and chld has room for one. It is never closed.
//
//  1. Reap returns when all children in own have been reaped, with their statuses by number. Before
//     the last has ended, it does not return, unless ctx ends.
//  2. A child is reaped as soon as the signal comes: also if the same signal stands for others, if
//     others in own have not ended, and if it ends while Reap is looking at the others. In between
//     Reap sleeps; it does not look from time to time.
//  3. Children in own that have ended before the call are reaped at once. Their signal may have been
//     and gone.
//  4. Children that are not in own are for others to reap. That goes, too, for one that has
//     been given the number of a child that Reap has reaped.
//  5. If there is no child with one of the numbers any more, somebody else has reaped it, and
//     its status is lost. It is not waited for. When all others have been reaped, Reap returns
//     their statuses and ErrNoChild.
//  6. When ctx ends, Reap returns at once, with the statuses that it has and the cause of ctx. It
//     reaps nobody from then on.
//  7. It works in the calling goroutine, and leaves own as it is.
type Reaper func(ctx context.Context, wait Wait, chld <-chan struct{}, own []int) (map[int]Status, error)

var _ Reaper = Reap
