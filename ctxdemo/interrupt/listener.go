package interrupt

import (
	"errors"
	"net"
	"sync/atomic"
	"time"
)

// Listener is a net.Listener whose Accept knows the flag of one goroutine, in one of three
// modes. Accept is for the goroutine of the handle that NewListener was given; the other
// methods may be called by anybody. The connections that it accepts know no flag: whoever
// serves them wraps them, with a handle of its own.
type Listener struct {
	listener net.Listener
	accepts  lane
	shut     atomic.Bool
}

// deadliner is a listener with deadlines, as *net.TCPListener and *net.UnixListener are.
type deadliner interface {
	SetDeadline(t time.Time) error
}

// NewListener returns l with an Accept that h's interrupts end, or not, as mode says. In
// DeadlineIO it clears the deadline of l, and refuses an l that has none, such as that of
// tls.NewListener, with an error that Is ErrUncuttable: wrap what is below it.
func NewListener(h *Handle, l net.Listener, mode IOMode) (*Listener, error) {
	extend := func(time.Time) error { return errors.ErrUnsupported }
	if d, ok := l.(deadliner); ok {
		extend = d.SetDeadline
	}
	if mode == DeadlineIO {
		if err := extend(time.Time{}); err != nil {
			return nil, uncuttable("listener", mode, err)
		}
	}
	w := &Listener{listener: l}
	w.accepts = lane{h: h, mode: mode, op: "accept", shut: &w.shut, close: l.Close, extend: extend}
	return w, nil
}

// Accept waits for a connection. What an interrupt does is said at IOMode.
func (l *Listener) Accept() (net.Conn, error) {
	var c net.Conn
	_, err := l.accepts.do(func() (int, error) {
		var err error
		c, err = l.listener.Accept()
		return 0, err
	})
	if err != nil && c != nil { // accepted, and closed by an interrupt at the same time
		c.Close()
		c = nil
	}
	return c, err
}

// Close closes the listener. It ends an Accept that is blocked, in every mode.
func (l *Listener) Close() error {
	l.shut.Store(true)
	return l.listener.Close()
}

// Addr returns the address at which connections are accepted.
func (l *Listener) Addr() net.Addr { return l.listener.Addr() }

// SetDeadline sets the time at which an Accept that is blocked, or a later one, fails with
// os.ErrDeadlineExceeded. Interrupts do not change it. If the listener has no deadlines, the
// error Is errors.ErrUnsupported.
func (l *Listener) SetDeadline(t time.Time) error { return l.accepts.setDeadline(t) }
