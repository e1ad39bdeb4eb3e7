package sockets

import (
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"sync"
	"time"

	"lab.example/gopark/ctxdemo/interrupt"
)

// thing is what an operation works on.
type thing struct {
	name string
	at   string // the function in which a goroutine that waits is blocked
	make func() (*made, error)
}

// made is one of them.
type made struct {
	operate func(h *interrupt.Handle, mode interrupt.IOMode) error
	supply  func() error // lets an operation return
	close   func() error // as somebody else would
	after   func() error // goes on where the operation stopped; nil: nothing is missing
	end     func()
}

var (
	read   = thing{"read from a socket", "interrupt.(*Conn).Read", makeRead}
	write  = thing{"write to a socket", "interrupt.(*Conn).Write", makeWrite}
	accept = thing{"accept", "interrupt.(*Listener).Accept", makeAccept}
	pipe   = thing{"read from a pipe", "interrupt.(*File).Read", makePipe}
	file   = thing{"read from a regular file", "interrupt.(*File).Read", makeFile}
)

var errLost = errors.New(lost)

// limit is for what must not hang if it goes wrong.
const limit = 10 * time.Second

// connect returns both ends of a connection over loopback.
func connect() (near, far *net.TCPConn, err error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, nil, err
	}
	defer l.Close()
	c, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		return nil, nil, err
	}
	p, err := l.Accept()
	if err != nil {
		c.Close()
		return nil, nil, err
	}
	return c.(*net.TCPConn), p.(*net.TCPConn), nil
}

func makeRead() (*made, error) {
	near, far, err := connect()
	if err != nil {
		return nil, err
	}
	return reading(near, far, far.CloseWrite, func(h *interrupt.Handle, mode interrupt.IOMode) (io.Reader, error) {
		return interrupt.NewConn(h, near, mode)
	}), nil
}

func makePipe() (*made, error) {
	r, w, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	return reading(r, w, w.Close, func(h *interrupt.Handle, mode interrupt.IOMode) (io.Reader, error) {
		return interrupt.NewFile(h, r, mode)
	}), nil
}

// makeFile makes a file in which everything that will ever be read is there already.
func makeFile() (*made, error) {
	f, err := os.CreateTemp("", "gopark-sockets-")
	if err != nil {
		return nil, err
	}
	other, err := os.OpenFile(f.Name(), os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		return nil, errors.Join(err, f.Close(), os.Remove(f.Name()))
	}
	m := reading(f, other, other.Close, func(h *interrupt.Handle, mode interrupt.IOMode) (io.Reader, error) {
		return interrupt.NewFile(h, f, mode)
	})
	end := m.end
	m.end = func() {
		end()
		os.Remove(f.Name())
	}
	return m, nil
}

// reading is a read from near of what is written to far; finish ends what can be read.
func reading(near io.ReadCloser, far io.WriteCloser, finish func() error, wrap func(*interrupt.Handle, interrupt.IOMode) (io.Reader, error)) *made {
	var sent, got strings.Builder
	send := func(text string) error {
		sent.WriteString(text)
		_, err := io.WriteString(far, text)
		return err
	}
	return &made{
		operate: func(h *interrupt.Handle, mode interrupt.IOMode) error {
			r, err := wrap(h, mode)
			if err != nil {
				return err
			}
			buf := make([]byte, 16)
			n, err := r.Read(buf)
			got.Write(buf[:n])
			return err
		},
		supply: func() error { return send("before ") },
		close:  near.Close,
		after: func() error {
			// If near is closed, this end may be told so.
			failed := errors.Join(send("after"), finish())
			if _, err := io.Copy(&got, near); err != nil {
				return err
			}
			if failed != nil || got.String() != sent.String() {
				return errLost
			}
			return nil
		},
		end: func() {
			near.Close()
			far.Close()
		},
	}
}

// more is more than all buffers between the ends of a connection can hold.
const more = 64 << 20

func makeWrite() (*made, error) {
	near, far, err := connect()
	if err != nil {
		return nil, err
	}
	sent := 0
	return &made{
		operate: func(h *interrupt.Handle, mode interrupt.IOMode) error {
			c, err := interrupt.NewConn(h, near, mode)
			if err != nil {
				return err
			}
			n, err := c.Write(make([]byte, more))
			sent += n
			return err
		},
		close: near.Close,
		after: func() error {
			var got int64
			var reader sync.WaitGroup
			reader.Go(func() { got, _ = io.Copy(io.Discard, far) })
			n, err := near.Write([]byte("after"))
			sent += n
			ended := near.Close() // for the reader
			reader.Wait()
			if err == nil {
				err = ended
			}
			if err == nil && got != int64(sent) {
				err = errLost
			}
			return err
		},
		end: func() {
			near.Close()
			far.Close()
		},
	}, nil
}

func makeAccept() (*made, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	var ends []net.Conn
	dialled, accepted := 0, 0
	dial := func() error {
		c, err := net.DialTimeout("tcp", l.Addr().String(), limit)
		if err == nil {
			ends = append(ends, c)
			dialled++
		}
		return err
	}
	keep := func(c net.Conn, err error) error {
		if err == nil {
			ends = append(ends, c)
			accepted++
		}
		return err
	}
	return &made{
		operate: func(h *interrupt.Handle, mode interrupt.IOMode) error {
			w, err := interrupt.NewListener(h, l, mode)
			if err != nil {
				return err
			}
			return keep(w.Accept())
		},
		supply: dial,
		close:  l.Close,
		after: func() error {
			if err := dial(); err != nil {
				_, err = l.Accept() // which says that it is closed
				return err
			}
			for accepted < dialled {
				if err := keep(l.Accept()); err != nil {
					return err
				}
			}
			return nil
		},
		end: func() {
			l.Close()
			for _, c := range ends {
				c.Close()
			}
		},
	}, nil
}
