package interrupt

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"sync/atomic"
	"time"
)

// Conn is a net.Conn whose Read and Write know the flag of one goroutine, in one of three
// modes. As a Read and a Write have no room for a handle, it is given once, to NewConn: they
// are for the goroutine of that handle; the other methods may be called by anybody.
//
// Where one goroutine reads and another one writes, each has a Conn of its own around the same
// net.Conn. Two that read, or two that write, in DeadlineIO cut each other.
type Conn struct {
	conn    net.Conn
	in, out lane
	secure  bool // writes must not be cut
	shut    atomic.Bool
}

// secureConn is a TLS connection, or something around one.
type secureConn interface {
	ConnectionState() tls.ConnectionState
	NetConn() net.Conn
}

// NewConn returns c with operations that h's interrupts end, or not, as mode says.
//
// In DeadlineIO it clears the deadlines of c; set them again, and only by the methods of the
// Conn. It refuses a c that has no deadlines with an error that Is ErrUncuttable, and a TLS
// connection before the handshake, which could not be taken up again after a cut. For the
// same reason Write refuses on a TLS connection: a record of which a part was sent makes the
// connection useless. A c whose SetDeadline returns nil and does nothing is not found out.
//
// In CloseIO, c.Close must end the operations that are blocked, and must not block: mind
// SetLinger of a *net.TCPConn. A TLS connection is closed below TLS, without a word to the peer.
func NewConn(h *Handle, c net.Conn, mode IOMode) (*Conn, error) {
	s, secure := c.(secureConn)
	closing := c.Close
	if secure {
		closing = s.NetConn().Close
	}
	if mode == DeadlineIO {
		if secure && !s.ConnectionState().HandshakeComplete {
			return nil, uncuttable("connection", mode, errors.New("the TLS handshake is not complete"))
		}
		if err := c.SetDeadline(time.Time{}); err != nil {
			return nil, uncuttable("connection", mode, err)
		}
	}
	w := &Conn{conn: c, secure: secure}
	w.in = lane{h: h, mode: mode, op: "read", shut: &w.shut, close: closing, extend: c.SetReadDeadline}
	w.out = lane{h: h, mode: mode, op: "write", shut: &w.shut, close: closing, extend: c.SetWriteDeadline}
	return w, nil
}

// Dial connects, as net.Dial does, and returns the Conn. In CloseIO and DeadlineIO an interrupt,
// before or while it connects, ends that: with the flag kept, and an error that Is
// ErrClosedByInterrupt, or with the flag cleared. For a net.Dialer of one's own there is
// Handle.Context.
func Dial(h *Handle, network, address string, mode IOMode) (*Conn, error) {
	const op = "dial"
	ctx, cancel := context.Background(), context.CancelFunc(func() {})
	if mode != LegacyIO {
		ctx, cancel = h.Context(ctx)
	}
	defer cancel()
	c, err := new(net.Dialer).DialContext(ctx, network, address)
	if err == nil {
		return NewConn(h, c, mode)
	}
	interrupted, ok := errors.AsType[*Error](context.Cause(ctx))
	switch {
	case !ok:
		return nil, err
	case mode == CloseIO:
		return nil, &Error{Op: op, Cause: &closedByInterrupt{cause: interrupted.Cause, err: net.ErrClosed}}
	}
	return nil, h.Check(op)
}

// Read reads up to len(p) bytes. What an interrupt does is said at IOMode; n may be more than
// zero then.
func (c *Conn) Read(p []byte) (n int, err error) {
	return c.in.do(func() (int, error) { return c.conn.Read(p) })
}

// Write writes p. What an interrupt does is said at IOMode; n is how many bytes were sent
// until then: in DeadlineIO, go on with p[n:].
func (c *Conn) Write(p []byte) (n int, err error) {
	if c.secure && c.out.mode == DeadlineIO {
		return 0, fmt.Errorf("write: %w: a TLS connection is useless after a write that was cut", ErrUncuttable)
	}
	return c.out.do(func() (int, error) { return c.conn.Write(p) })
}

// Close closes the connection. It ends operations that are blocked, in every mode.
func (c *Conn) Close() error {
	c.shut.Store(true)
	return c.conn.Close()
}

// NetConn returns what NewConn was given.
func (c *Conn) NetConn() net.Conn { return c.conn }

// LocalAddr returns the address of this end.
func (c *Conn) LocalAddr() net.Addr { return c.conn.LocalAddr() }

// RemoteAddr returns the address of the other end.
func (c *Conn) RemoteAddr() net.Addr { return c.conn.RemoteAddr() }

// SetDeadline is SetReadDeadline and SetWriteDeadline.
func (c *Conn) SetDeadline(t time.Time) error {
	return errors.Join(c.SetReadDeadline(t), c.SetWriteDeadline(t))
}

// SetReadDeadline sets the time at which a Read that is blocked, or a later one, fails with
// os.ErrDeadlineExceeded. Interrupts do not change it.
func (c *Conn) SetReadDeadline(t time.Time) error { return c.in.setDeadline(t) }

// SetWriteDeadline is SetReadDeadline for Write.
func (c *Conn) SetWriteDeadline(t time.Time) error { return c.out.setDeadline(t) }
