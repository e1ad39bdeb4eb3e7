package interrupt

import (
	"errors"
	"io/fs"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

// lane is one thing that a goroutine does with a connection, file or listener, one operation
// after the other: its reads, its writes, its accepts.
type lane struct {
	h    *Handle
	mode IOMode
	op   string // "read"

	shut   *atomic.Bool // somebody has called Close, or close was called; for all lanes together
	close  func() error // must not wait for the operations
	extend func(deadline time.Time) error

	mu       sync.Mutex
	deadline time.Time // that the user wants
	cut      bool      // an interrupt has set another one, in the past
}

// do carries out one operation, f, in the lane's mode.
func (l *lane) do(f func() (int, error)) (int, error) {
	switch l.mode {
	case LegacyIO:
		return f()
	case CloseIO:
		return l.closing(f)
	case DeadlineIO:
		return l.cutting(f)
	}
	panic("interrupt: unknown mode " + l.mode.String())
}

// closing closes under the operation. Only the operation whose interrupt has closed says so;
// to others, and to later ones, it is simply closed.
func (l *lane) closing(f func() (int, error)) (int, error) {
	var cut bool
	var why error
	drop := l.h.onInterrupt(func(cause error) {
		if !l.shut.Swap(true) && !isClosed(l.close()) {
			cut, why = true, cause
		}
	})
	n, err := f()
	drop()
	if cut {
		return n, &Error{Op: l.op, Cause: &closedByInterrupt{cause: why, err: err}}
	}
	return n, err
}

func isClosed(err error) bool {
	return errors.Is(err, net.ErrClosed) || errors.Is(err, fs.ErrClosed)
}

// cutting moves the deadline into the past under the operation.
func (l *lane) cutting(f func() (int, error)) (int, error) {
	if err := l.h.Check(l.op); err != nil {
		return 0, err
	}
	drop := l.h.onInterrupt(func(error) { l.expire() })
	n, err := f()
	// In this order: an interrupt that comes after the repair and before the drop would
	// leave a deadline in the past, and with it a connection on which nothing works any more.
	drop()
	if !l.repair() || !errors.Is(err, os.ErrDeadlineExceeded) {
		return n, err
	}
	if interrupted := l.h.Check(l.op); interrupted != nil {
		err = interrupted
	}
	return n, err
}

var longAgo = time.Unix(1, 0)

func (l *lane) expire() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.cut = true
	l.extend(longAgo)
}

// repair puts the user's deadline back, and reports whether there was need to.
func (l *lane) repair() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.cut {
		return false
	}
	l.cut = false
	l.extend(l.deadline)
	return true
}

// setDeadline is for the user, who may set deadlines at any time. While the operation is being
// cut, the deadline waits until it is repaired: set at once, it could let the operation go on.
func (l *lane) setDeadline(t time.Time) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.deadline = t
	if l.cut {
		return nil
	}
	return l.extend(t)
}
