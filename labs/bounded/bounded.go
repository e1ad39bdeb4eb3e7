// Package bounded asks: how do many jobs share a few workers?
//
// Carry out any number of jobs, so many at a time and no more, and stop when nobody
// wants the rest. Read bounded.go (what is given), then write Run in answer.go until
// the tests in bounded_test.go pass.
package bounded

import "context"

// Job is one piece of work. It may take no notice of ctx. It does not panic.
type Job func(ctx context.Context)

// Runner is what Run must be. It carries out jobs, at most limit at the same time:
//
//  1. The jobs begin in the order of the slice, each once. As long as there are jobs
//     that have not begun, exactly limit of them are running: when one ends, the next
//     begins at that instant. The first limit jobs begin at once. Jobs that begin at the
//     same instant have no order among them.
//  2. What Run needs beside the jobs depends on limit and not on their number, and it
//     does not depend on a limit which is larger than that: a million jobs are not a
//     million goroutines or the memory for a queue of a million, and three jobs are not,
//     with a limit of a million.
//  3. The jobs are handed ctx, or a context derived from it that does not end earlier.
//  4. When ctx has ended, no job begins any more: neither if a worker is free nor if ctx
//     had ended before the call. Jobs that run are waited for.
//  5. The result is nil if every job has been run, even if ctx has ended meanwhile, and
//     context.Cause(ctx) if there are jobs that never began.
//  6. When Run has returned, all jobs that began have too, and no goroutine that Run
//     started is left.
//
// limit is 1 or more. Run may be called many times, also at the same time. It leaves the
// slice as it is.
type Runner func(ctx context.Context, limit int, jobs []Job) error

var _ Runner = Run
