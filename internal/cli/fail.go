package cli

import (
	"context"
	"errors"
	"fmt"
	"io"

	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/hint"
)

// Exit statuses of every command.
const (
	ExitOK      = 0 // supported, or done
	ExitFailed  = 1 // refuted, or failed
	ExitUsage   = 2 // the command line makes no sense
	ExitNotHere = 3 // cannot be measured here
)

// Status is an error that only sets the exit status: the command has said all there
// is to say.
type Status int

func (s Status) Error() string { return fmt.Sprintf("exit status %d", int(s)) }

// ExitCode returns the exit status.
func (s Status) ExitCode() int { return int(s) }

// usageError is an error of the command line.
type usageError struct{ error }

func (usageError) ExitCode() int   { return ExitUsage }
func (e usageError) Unwrap() error { return e.error }

// Usage marks err as an error of the command line.
func Usage(err error) error { return usageError{err} }

// Fail writes err and its hint to w, unless it is a Status, and returns the exit
// status for it. A nil err is ExitOK.
func Fail(w io.Writer, err error) int {
	if err == nil {
		return ExitOK
	}
	if status, ok := errors.AsType[Status](err); ok {
		return status.ExitCode()
	}
	text := err.Error()
	if errors.Is(err, context.Canceled) {
		text = "interrupted"
	}
	fmt.Fprintln(w, "gopark: error:", text)
	if h := hint.Of(err); h != "" {
		fmt.Fprintln(w, "gopark: hint:", h)
	}
	return code(err)
}

func code(err error) int {
	var coded interface{ ExitCode() int }
	switch {
	case errors.As(err, &coded):
		return coded.ExitCode()
	case errors.Is(err, experiment.ErrKnob), errors.Is(err, experiment.ErrUnknown):
		return ExitUsage
	case errors.Is(err, experiment.ErrUnmet):
		return ExitNotHere
	}
	return ExitFailed
}
