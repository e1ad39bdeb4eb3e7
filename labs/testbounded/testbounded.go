// Package testbounded asks: would your test have found it?
//
// Here you write the test, and programs are what it is tested with: some that are right, and
// many that are not. Read testbounded.go (what is given), then write Judge in answer.go until
// the tests in testbounded_test.go pass.
package testbounded

import "context"

// Job is one piece of work. It may take no notice of ctx. It does not panic.
type Job func(ctx context.Context)

// Runner is what the programs say they are. It carries out jobs, at most limit at the same
// time:
//
//  1. The jobs begin in the order of the slice, each once. As long as there are jobs that
//     have not begun, exactly limit of them are running: when one ends, the next begins at
//     that instant. Jobs that begin at the same instant have no order among them.
//  2. The jobs are handed ctx, or a context derived from it, with its values.
//  3. When ctx has ended, no job begins any more, also if it had ended before the call. Jobs
//     that run are waited for.
//  4. The result is nil if every job has been run, even if ctx has ended meanwhile, and
//     context.Cause(ctx) if there are jobs that never began.
//  5. The call returns at the instant at which the last job that began has ended, at once if
//     none began. All jobs have then ended, and no goroutine that it started is left.
//
// limit is 1 or more. How a program does that is its own affair.
type Runner func(ctx context.Context, limit int, jobs []Job) error

// T is what Judge has of a test. All of it may be used by any goroutine, also at the same
// time, but for Wait and Left, which are for one at a time.
type T interface {
	// Errorf says that the program is wrong, and why.
	Errorf(format string, args ...any)

	// Fatalf is Errorf, and then ends the goroutine that has called it.
	Fatalf(format string, args ...any)

	// Wait returns when every other goroutine has ended or waits, so that nothing more can
	// happen before time passes. It is synctest.Wait.
	Wait()

	// Left waits like Wait, and then returns how many goroutines there are that were not there
	// when Judge was called.
	Left() int
}

// Tester is what Judge must be. It tries out a program:
//
//  1. If the program is a Runner to the letter, Judge reports nothing.
//  2. If it is not, Judge calls Errorf or Fatalf, at least once.
//  3. Judge is called in a bubble: time is virtual, so durations are exact and cost nothing. It
//     ends after a thousand hours of that at the latest, and does not panic, whatever the
//     program does.
//  4. What Judge has started has ended when it returns, goroutines that sleep as well, unless it
//     has reported something.
//  5. It judges each program by itself: what it has seen in an earlier call has no bearing.
//
// Judge may call the program as often as it likes. Programs that are wrong can be wrong at any
// moment: a job may still run when the call has returned, so what jobs write down needs a lock.
// Nobody may keep that lock, neither asleep nor by a Fatalf that ends who has it: in a bubble no
// time passes while somebody waits for a mutex. A call may never return. Programs do not panic.
type Tester func(t T, run Runner)

var _ Tester = Judge
