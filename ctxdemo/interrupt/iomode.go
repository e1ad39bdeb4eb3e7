package interrupt

import (
	"errors"
	"fmt"
)

// IOMode says what an interrupt does to a read, write or accept that is blocked.
type IOMode int

const (
	// LegacyIO ignores it, as java.io and java.net do: the operation goes on, and the flag is
	// kept. Only Close, called by somebody else, ends it.
	LegacyIO IOMode = iota
	// CloseIO closes the connection or file, as java.nio does: for everybody who uses it, and
	// for good. The operation returns an error that Is ErrInterrupted and
	// ErrClosedByInterrupt, and the flag is kept. If the flag is set before the operation,
	// the same happens at once, even if there was something to read.
	CloseIO
	// DeadlineIO ends the operation, and nothing else; Java has no such thing. The operation
	// returns an *Error with the flag cleared, and how many bytes were read or written until
	// then. The connection remains usable, and nothing is lost: the next operation goes on
	// where this one was cut. If the flag is set before the operation, nothing is read or
	// written. An operation that was through already when the interrupt came returns what it
	// would have, and the flag is kept for the next.
	//
	// It works by deadlines, which a few things do not have; see ErrUncuttable.
	DeadlineIO
)

func (m IOMode) String() string {
	switch m {
	case LegacyIO:
		return "LegacyIO"
	case CloseIO:
		return "CloseIO"
	case DeadlineIO:
		return "DeadlineIO"
	}
	return fmt.Sprintf("IOMode(%d)", int(m))
}

var (
	// ErrClosedByInterrupt is what the error of an operation in CloseIO is when the interrupt
	// has closed what it worked on. Such an error also Is what operations on something closed
	// return: net.ErrClosed or os.ErrClosed.
	ErrClosedByInterrupt = errors.New("closed by interrupt")

	// ErrUncuttable is returned instead of blocking in a way that no interrupt could end:
	// mostly by NewConn, NewListener and NewFile, in the modes CloseIO and DeadlineIO.
	ErrUncuttable = errors.New("an interrupt cannot end its operations")
)

// uncuttable is an ErrUncuttable with the reason.
func uncuttable(wrap string, mode IOMode, reason error) error {
	return fmt.Errorf("wrap %s for %v: %w: %w", wrap, mode, ErrUncuttable, reason)
}

// closedByInterrupt is the cause in the error of an operation that an interrupt has ended by
// closing something.
type closedByInterrupt struct {
	cause error // of the interrupt, or nil
	err   error // what the operation returned, or nil if it was through
}

func (e *closedByInterrupt) Error() string {
	if e.cause == nil {
		return ErrClosedByInterrupt.Error()
	}
	return ErrClosedByInterrupt.Error() + ": " + e.cause.Error()
}

func (e *closedByInterrupt) Is(target error) bool { return target == ErrClosedByInterrupt }

func (e *closedByInterrupt) Unwrap() []error {
	var all []error
	for _, err := range []error{e.cause, e.err} {
		if err != nil {
			all = append(all, err)
		}
	}
	return all
}
