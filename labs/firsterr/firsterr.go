// Package firsterr asks: how do several tasks fail as one?
//
// Start several tasks, wait for all of them, return the first error, and tell the
// others to stop as soon as there is one. Read firsterr.go (what is given), then
// write Run in answer.go until the tests in firsterr_test.go pass.
package firsterr

import "context"

// Task is one piece of work. It may return before or after ctx ends, with an error or
// without; a good one ends soon after ctx. It does not panic.
type Task func(ctx context.Context) error

// Runner is what Run must be. It carries out tasks and returns the first error:
//
//  1. All tasks run at the same time, however many there are, each in a goroutine of its
//     own. They are handed one context, the same for all, derived from ctx: what ctx carries
//     they see, and when ctx ends theirs ends too, with the same cause. It has no deadline
//     of its own.
//  2. The first error that a task returns, first in time and not in the order of the
//     arguments, is the result: that very value, neither wrapped nor joined, whatever its
//     type is.
//  3. That error cancels the context of all tasks and is its cause. A task that
//     returns nil cancels nothing.
//  4. Run returns after every task has returned, never before.
//  5. If all tasks return nil, or there are none, the result is nil: also when ctx has
//     ended meanwhile. What that means is for the tasks to decide.
//  6. When Run has returned, the context of the tasks has ended and no goroutine that
//     Run started is left.
//
// Run may be called many times, also at the same time.
type Runner func(ctx context.Context, tasks ...Task) error

var _ Runner = Run
