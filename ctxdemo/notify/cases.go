package notify

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"

	"lab.example/gopark/internal/experiment"
)

// outcome is what a program said of its context, how it prints, and what became of the next SIGINT.
type outcome struct{ text, err, cause, canceled, next string }

// Whether the cause is context.Canceled.
const (
	no    = "no"
	isOne = "errors.Is says so"
	equal = "is equal"
)

// What becomes of a signal that comes when all is over.
const (
	lost    = "is lost"
	ends    = "ends the process"
	cancels = "cancels it"
)

// oneCase is a way in which a context of NotifyContext ends, or does not.
type oneCase struct {
	name string
	do   func() (ctx context.Context)
	want outcome
}

var errRequest = errors.New("the client hung up")

const (
	noError      = "<nil>"
	stopIsCalled = "stop is called"
)

// cases are all of them.
var cases = []oneCase{
	{"nothing", nothing, outcome{"", noError, noError, no, cancels}},
	{"SIGINT", func() context.Context { return after(syscall.SIGINT) }, outcome{"", "context canceled", "interrupt signal received", isOne, lost}},
	{"SIGTERM", func() context.Context { return after(syscall.SIGTERM) }, outcome{"", "context canceled", "terminated signal received", isOne, lost}},
	{stopIsCalled, stopped, outcome{"", "context canceled", "context canceled", equal, ends}},
	{"SIGINT, then stop", signalThenStop, outcome{"", "context canceled", "interrupt signal received", isOne, ends}},
	{"SIGTERM, then SIGINT", termThenInt, outcome{"", "context canceled", "terminated signal received", isOne, lost}},
	{"the parent is cancelled", parentFirst, outcome{"", "context canceled", errRequest.Error(), no, lost}},
	{"the parent is cancelled, then stop", parentThenStop, outcome{"", "context canceled", errRequest.Error(), no, ends}},
	{"the parent was cancelled before", deadParent, outcome{"", "context canceled", errRequest.Error(), no, lost}},
	{"SIGINT, then the parent is cancelled", signalThenParent, outcome{"", "context canceled", "interrupt signal received", isOne, lost}},
	{"SIGINT, seen by a child", child, outcome{"", "context canceled", "interrupt signal received", isOne, lost}},
	{"SIGINT, seen by a child that WithoutCancel made", detached, outcome{"", noError, noError, no, lost}},
	{"SIGINT, seen by the parent", parent, outcome{"", noError, noError, no, lost}},
	{"SIGINT, seen by another one of its kind", other, outcome{"", "context canceled", "interrupt signal received", isOne, lost}},
	{"stop is called, another one of its kind is there", otherStopped, outcome{"", noError, noError, no, cancels}},
}

func (c oneCase) row(o outcome) []any { return []any{c.name, o.err, o.cause, o.canceled, o.next} }

// listen is NotifyContext as programs call it.
func listen(parent context.Context) (context.Context, context.CancelFunc) {
	return signal.NotifyContext(parent, syscall.SIGINT, syscall.SIGTERM)
}

func nothing() context.Context {
	ctx, stop := listen(context.Background())
	_ = stop
	return ctx
}

// after sends the signal and returns the context that it has ended.
func after(s syscall.Signal) context.Context {
	ctx := nothing()
	press(s)
	<-ctx.Done()
	return ctx
}

func stopped() context.Context {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	stop()
	return ctx
}

func signalThenStop() context.Context {
	ctx, stop := listen(context.Background())
	press(syscall.SIGINT)
	<-ctx.Done()
	stop()
	return ctx
}

func termThenInt() context.Context {
	ctx := after(syscall.SIGTERM)
	press(syscall.SIGINT)
	return ctx
}

func parentFirst() context.Context {
	request, cancel := context.WithCancelCause(context.Background())
	ctx, stop := listen(request)
	_ = stop
	cancel(errRequest)
	return ctx
}

func parentThenStop() context.Context {
	request, cancel := context.WithCancelCause(context.Background())
	ctx, stop := listen(request)
	cancel(errRequest)
	stop()
	return ctx
}

func deadParent() context.Context {
	request, cancel := context.WithCancelCause(context.Background())
	cancel(errRequest)
	ctx, stop := listen(request)
	_ = stop
	return ctx
}

func signalThenParent() context.Context {
	request, cancel := context.WithCancelCause(context.Background())
	ctx, stop := listen(request)
	_ = stop
	press(syscall.SIGINT)
	<-ctx.Done()
	cancel(errRequest)
	return ctx
}

func child() context.Context {
	ctx := nothing()
	below, cancel := context.WithCancel(ctx)
	_ = cancel
	press(syscall.SIGINT)
	<-ctx.Done()
	// Somebody else cancels, and the parent is done before its children are. Cause takes the
	// lock that is held until all are.
	_ = context.Cause(ctx)
	return below
}

func detached() context.Context { return context.WithoutCancel(after(syscall.SIGINT)) }

func parent() context.Context {
	request, cancel := context.WithCancelCause(context.Background())
	_ = cancel
	ctx, stop := listen(request)
	_ = stop
	press(syscall.SIGINT)
	<-ctx.Done()
	return request
}

func other() context.Context {
	ctx, second := nothing(), nothing()
	press(syscall.SIGINT)
	<-ctx.Done()
	<-second.Done()
	return second
}

func otherStopped() context.Context {
	second := nothing()
	_, stop := listen(context.Background())
	stop()
	return second
}

const caseVariable = "NOTIFY_CASE"

// program tries one case. It prints what the context says, sends itself the next SIGINT, and
// prints what has become of it, if it can.
func program(context.Context, *experiment.Recorder) error {
	i := slices.IndexFunc(cases, func(c oneCase) bool { return c.name == os.Getenv(caseVariable) })
	if i < 0 {
		return fmt.Errorf("no case %q", os.Getenv(caseVariable))
	}
	ctx := cases[i].do()
	err, cause := ctx.Err(), context.Cause(ctx)
	fmt.Println(ctx)
	fmt.Println(err)
	fmt.Println(cause)
	fmt.Println(canceled(cause))
	press(syscall.SIGINT)
	fmt.Println(next(ctx, cases[i].want.next == cancels))
	return nil
}

func canceled(cause error) string {
	switch {
	case cause == context.Canceled:
		return equal
	case errors.Is(cause, context.Canceled):
		return isOne
	}
	return no
}

// next returns what has become of a signal that did not end the process. A live context is
// cancelled soon after it, by a goroutine; if it should be, next waits for longer than any
// machine needs.
func next(ctx context.Context, wait bool) string {
	if !wait {
		return lost
	}
	select {
	case <-ctx.Done():
		return cancels
	case <-time.After(5 * time.Second):
		return lost
	}
}

// read turns the end of a program into what it has seen.
func read(end experiment.Ending) outcome {
	said := append(slices.Clone(end.Stdout), "", "", "", "", "")
	o := outcome{said[0], said[1], said[2], said[3], said[4]}
	switch {
	case o.next == "" && end.Signal == "SIGINT":
		o.next = ends
	case end.Exit != 0 || o.next == "":
		o.next = end.String() + " " + strings.Join(end.Stderr, " ")
	}
	return o
}
