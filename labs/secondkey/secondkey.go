// Package secondkey asks: what does the second Ctrl-C do?
//
// Run some work. The first signal asks it to stop, the second one ends the waiting. Read
// secondkey.go (what is given), then write Run in answer.go until the tests in
// secondkey_test.go pass.
package secondkey

import (
	"context"
	"errors"
	"os"
	"os/signal"
)

// ErrKilled says that a second signal came before the work had stopped.
var ErrKilled = errors.New("killed by a second signal")

// Interrupted is why the work was asked to stop.
type Interrupted struct{ Signal os.Signal }

func (i *Interrupted) Error() string { return "interrupted: " + i.Signal.String() }

// Signals is where signals come from. Its methods behave as those of package os/signal:
//
//   - Notify hands c the signals that are listed, from now on; all signals that there are
//     if none is listed. It does not wait: a signal that finds neither room in c nor
//     somebody who is receiving at this very moment is lost.
//   - Stop ends that. A signal for which nobody is registered has its usual effect again:
//     an interrupt ends the process.
type Signals interface {
	Notify(c chan<- os.Signal, sig ...os.Signal)
	Stop(c chan<- os.Signal)
}

// Process is the Signals of this process.
type Process struct{}

// Notify is signal.Notify.
func (Process) Notify(c chan<- os.Signal, sig ...os.Signal) { signal.Notify(c, sig...) }

// Stop is signal.Stop.
func (Process) Stop(c chan<- os.Signal) { signal.Stop(c) }

// Work is what a program does. It may take a while to end after ctx has, or never end by
// itself. It does not panic.
type Work func(ctx context.Context) error

// Runner is what Run must be:
//
//  1. It asks s for os.Interrupt and syscall.SIGTERM, for these two and no others, before
//     work begins. The first signal that comes after that is not lost, also if it comes at
//     once, while nobody receives. One that comes before the first has been received may be.
//  2. work is run once, with a context derived from ctx: what ctx carries it sees, and
//     when ctx ends, its context ends too, with the same cause.
//  3. The first signal, whichever of the two, ends the context of work. The cause is an
//     *Interrupted with that signal.
//  4. When work has returned, Run returns its error at that moment, that very error: also
//     nil, also after a signal. Run does not return before, but for one reason:
//  5. The second signal, whichever of the two, ends the waiting: Run returns ErrKilled at that
//     moment, and does not wait for work any longer.
//  6. When Run has returned, the context of work has ended, and s has been asked to stop:
//     signals have their usual effect again. Nothing goes on but work, if Run did not wait
//     for it, and when work returns, its goroutine ends.
//
// Run does not end the process: who calls it may still have something to say.
type Runner func(ctx context.Context, s Signals, work Work) error

var (
	_ Runner  = Run
	_ Signals = Process{}
)
