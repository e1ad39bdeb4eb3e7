package interrupt

import (
	"bufio"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

// The operations on sockets, pipes and files, over real ones, in each of the modes. All of them
// are wrapped by the goroutine that uses them.

// pair returns the two ends of a TCP connection over loopback.
func (s *stage) pair() (near, far *net.TCPConn) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(s, err)
	defer l.Close()
	c, err := net.Dial("tcp", l.Addr().String())
	require.NoError(s, err)
	p, err := l.Accept()
	require.NoError(s, err)
	near, far = c.(*net.TCPConn), p.(*net.TCPConn)
	s.Cleanup(func() {
		near.Close()
		far.Close()
	})
	return near, far
}

// deadlines is what a pipe and a socket have in common. Setting one fails on what is closed.
type deadlines interface {
	SetDeadline(t time.Time) error
}

func open(c deadlines) bool { return c.SetDeadline(time.Time{}) == nil }

// afterwards is what a socket shows when the operation has ended: is it open, what does the
// next operation say, what does the other end read?
func afterwards(c net.Conn, far *net.TCPConn, next func() error) func(*actor) observed {
	return func(*actor) observed {
		o := observed{"message": "Socket closed"}
		if next != nil && far != nil {
			far.Write([]byte("x"))
			o["usable"] = next() == nil
		}
		o["open"] = open(c)
		if open(c) {
			o["message"] = "open"
			c.Close()
		} else if next != nil {
			o["next_read"] = channelOutcome(next())
		}
		if far != nil {
			n, err := far.Read(make([]byte, 1))
			if n == 0 && errors.Is(err, io.EOF) {
				n = -1 // as Java says it
			}
			o["peer_read"] = n
		}
		return o
	}
}

// names returns what Java calls the outcomes of a mode, where something was closed while it was
// blocked.
func names(mode IOMode) func(error) string {
	if mode == LegacyIO {
		return socketOutcome
	}
	return asyncOutcome
}

// reading reads from a socket to which nobody writes until it is released.
func reading(mode IOMode) scene { return readingAs(mode, func(r io.Reader) io.Reader { return r }) }

func readingAs(mode IOMode, view func(io.Reader) io.Reader) scene {
	return func(s *stage) op {
		near, far := s.pair()
		var c *Conn
		read := func() error {
			_, err := view(c).Read(make([]byte, 1))
			return err
		}
		return op{
			call: func(h *Handle) (err error) {
				if c, err = NewConn(h, near, mode); err != nil {
					return err
				}
				return read()
			},
			release: closing(near),
			look:    afterwards(near, far, func() error { return read() }),
			name:    names(mode),
		}
	}
}

func closing(c io.Closer) func() { return func() { c.Close() } }

// readingFilled reads from a socket in which there is something to read.
func readingFilled(mode IOMode) scene {
	return func(s *stage) op {
		near, far := s.pair()
		_, err := far.Write([]byte("x"))
		require.NoError(s, err)
		require.NoError(s, far.CloseWrite())
		n := -1
		return op{
			call: func(h *Handle) error {
				c, err := NewConn(h, near, mode)
				if err != nil {
					return err
				}
				n, err = c.Read(make([]byte, 1))
				return err
			},
			look: func(*actor) observed {
				o := observed{"read": n, "open": open(near)}
				if open(near) {
					rest, err := io.ReadAll(near)
					require.NoError(s, err)
					o["left"] = len(rest)
				}
				return o
			},
		}
	}
}

// writing writes more than fits into a socket from which nobody reads.
func writing(mode IOMode) scene {
	return func(s *stage) op {
		near, far := s.pair()
		require.NoError(s, errors.Join(near.SetWriteBuffer(4<<10), far.SetReadBuffer(4<<10)))
		return op{
			call: func(h *Handle) error {
				c, err := NewConn(h, near, mode)
				if err != nil {
					return err
				}
				_, err = c.Write(make([]byte, 4<<20))
				return err
			},
			release: closing(near),
			look:    afterwards(near, nil, nil),
			name:    names(mode),
		}
	}
}

// accepting accepts, where nobody connects until release does.
func accepting(mode IOMode, release func(l net.Listener)) scene {
	return func(s *stage) op {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		require.NoError(s, err)
		s.Cleanup(func() { l.Close() })
		var accepted net.Conn
		return op{
			call: func(h *Handle) error {
				listener, err := NewListener(h, l, mode)
				if err != nil {
					return err
				}
				accepted, err = listener.Accept()
				return err
			},
			release: func() { release(l) },
			look: func(*actor) observed {
				o := observed{"open": open(l.(deadlines)), "message": "Socket closed", "accepts_next": accepted != nil}
				if accepted != nil {
					accepted.Close()
				}
				return o
			},
			name: names(mode),
		}
	}
}

func closeListener(l net.Listener) { l.Close() }

func connect(l net.Listener) {
	if c, err := net.Dial("tcp", l.Addr().String()); err == nil {
		c.Close()
	}
}

// receiving waits for a datagram.
func receiving(mode IOMode) scene {
	return func(s *stage) op {
		socket, err := net.ListenPacket("udp", "127.0.0.1:0")
		require.NoError(s, err)
		s.Cleanup(func() { socket.Close() })
		near := socket.(*net.UDPConn)
		return op{
			call: func(h *Handle) error {
				c, err := NewConn(h, near, mode)
				if err != nil {
					return err
				}
				_, err = c.Read(make([]byte, 1))
				return err
			},
			release: closing(near),
			look:    afterwards(near, nil, nil),
			name:    names(mode),
		}
	}
}

// A piper opens something with two ends of which nobody writes into one; it may return the same
// file twice.
type piper func(s *stage) (r, w *os.File)

func pipe(s *stage) (r, w *os.File) {
	r, w, err := os.Pipe()
	require.NoError(s, err)
	return r, w
}

func fifo(s *stage) (r, w *os.File) {
	name := filepath.Join(s.TempDir(), "fifo")
	require.NoError(s, unix.Mkfifo(name, 0o600))
	f, err := os.OpenFile(name, os.O_RDWR, 0)
	require.NoError(s, err)
	return f, f
}

func readingFile(mode IOMode, from piper) scene {
	return func(s *stage) op {
		r, w := from(s)
		s.Cleanup(func() {
			r.Close()
			w.Close()
		})
		return op{
			call: func(h *Handle) error {
				f, err := NewFile(h, r, mode)
				if err != nil {
					return err
				}
				_, err = f.Read(make([]byte, 1))
				return err
			},
			release: closing(r),
			look:    func(*actor) observed { return observed{"open": open(r), "message": "Socket closed"} },
			name:    names(mode),
		}
	}
}

// readingPlain reads a regular file.
func readingPlain(mode IOMode) scene {
	return func(s *stage) op {
		name := filepath.Join(s.TempDir(), "plain")
		require.NoError(s, os.WriteFile(name, []byte("x"), 0o600))
		r, err := os.Open(name)
		require.NoError(s, err)
		s.Cleanup(func() { r.Close() })
		n := 0
		return op{
			call: func(h *Handle) error {
				f, err := NewFile(h, r, mode)
				if err != nil {
					return err
				}
				n, err = f.Read(make([]byte, 2))
				return err
			},
			look: func(*actor) observed {
				_, err := r.Stat()
				return observed{"open": err == nil, "read": n}
			},
		}
	}
}

// readingPipe reads from a pipe in memory, which a bubble knows.
func readingPipe(*stage) op {
	near, far := net.Pipe()
	return op{
		call: func(h *Handle) error {
			c, err := NewConn(h, near, DeadlineIO)
			if err != nil {
				return err
			}
			_, err = c.Read(make([]byte, 1))
			return err
		},
		release: closing(far),
		name: func(err error) string {
			if name := outcome(err); name != "InterruptedException" {
				return name
			}
			return "InterruptedIOException"
		},
	}
}

// connecting connects to somebody who accepts.
func connecting(mode IOMode) scene {
	return func(s *stage) op {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		require.NoError(s, err)
		s.Cleanup(func() { l.Close() })
		connected := false
		return op{
			call: func(h *Handle) error {
				c, err := Dial(h, "tcp", l.Addr().String(), mode)
				if connected = err == nil; connected {
					c.Close()
				}
				return err
			},
			look: func(*actor) observed { return observed{"connected": connected, "open": connected} },
		}
	}
}

// shared has two goroutines read from the same file and interrupts the first. The second one
// waits for its turn to read meanwhile, or comes later.
func shared(meanwhile bool) func(s *stage) observed {
	return func(s *stage) observed {
		r, _ := fifo(s)
		s.Cleanup(func() { r.Close() })
		turn := make(chan struct{})
		read := func(turn <-chan struct{}) *actor {
			a := s.start(func(h *Handle) error {
				f, err := NewFile(h, r, CloseIO)
				if err != nil {
					return err
				}
				<-turn
				_, err = f.Read(make([]byte, 1))
				return err
			})
			s.blocked(a)
			return a
		}
		now := make(chan struct{})
		close(now)
		first, name := read(now), asyncOutcome
		var second *actor
		if meanwhile {
			second = read(now)
		} else {
			second, name = read(turn), channelOutcome
		}
		first.h.Interrupt()
		<-first.h.Done()
		close(turn)
		<-second.h.Done()
		return observed{
			"interrupted_reader": asyncOutcome(first.err),
			"innocent_reader":    name(second.err), "innocent_flag": second.flag,
		}
	}
}

// lateInterrupt interrupts a goroutine whose read in CloseIO is over.
func lateInterrupt(s *stage) observed {
	near, far := s.pair()
	_, err := far.Write([]byte("x"))
	require.NoError(s, err)
	a := s.start(func(h *Handle) error {
		c, err := NewConn(h, near, CloseIO)
		if err != nil {
			return err
		}
		if _, err = c.Read(make([]byte, 1)); err == nil {
			h.Interrupt()
		}
		return err
	})
	o := op{}.result(a)
	o["open"] = open(near)
	return o
}

// interruptedAsItEnds interrupts reads at the moment when they end: the read has its data, the
// hook is still there, and the interrupt, which has begun, moves the deadline after the read has
// looked whether it was cut. That this deadline does not outlive the read is why the hook is
// dropped first.
func interruptedAsItEnds(s *stage) observed {
	near, far := net.Pipe()
	defer near.Close()
	const rounds = 30
	go func() {
		defer far.Close()
		for range 2 * rounds {
			if _, err := far.Write([]byte("x")); err != nil {
				return
			}
		}
	}()
	failed := 0
	a := s.start(func(h *Handle) error {
		c := &endingConn{Conn: near, end: func() {}}
		wrapped, err := NewConn(h, c, DeadlineIO)
		if err != nil {
			return err
		}
		for range rounds {
			began := make(chan struct{})
			drop := h.onInterrupt(func(error) { // before the hook of the read, or after it
				close(began)
				for range 100 {
					runtime.Gosched()
				}
			})
			c.end = func() {
				go h.Interrupt()
				<-began
			}
			_, first := wrapped.Read(make([]byte, 1))
			drop()
			h.Ack()
			c.end = func() {}
			if _, err := wrapped.Read(make([]byte, 1)); first != nil || err != nil {
				failed++
			}
		}
		return nil
	})
	o := op{}.result(a)
	o["reads_that_failed"] = failed
	return o
}

// endingConn calls end before a read returns.
type endingConn struct {
	net.Conn
	end func()
}

func (c *endingConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	c.end()
	return n, err
}

// closedByOther closes a socket under a read in CloseIO.
func closedByOther(s *stage) observed {
	op := reading(CloseIO)(s)
	a := s.start(op.call)
	s.blocked(a)
	op.release()
	unblocked := !s.blocked(a)
	o := op.result(a)
	o["unblocked"] = unblocked
	return o
}

// D: sockets, pipes and files.
var ioCases = map[string]translation{
	"law:filechannel_read_pre":           outside(flagFirst(readingFile(CloseIO, fifo))),
	"law:filechannel_read_pre_plain":     outside(flagFirst(readingPlain(CloseIO))),
	"D02_filechannel_read_blocked_fifo":  outside(whileBlocked(readingFile(CloseIO, fifo))),
	"D03_socketchannel_read_blocked":     outside(whileBlocked(reading(CloseIO))),
	"law:socketchannel_read_pre":         outside(flagFirst(reading(CloseIO))),
	"law:socketchannel_read_pre_filled":  outside(flagFirst(readingFilled(CloseIO))),
	"D05_socketchannel_write_blocked":    outside(whileBlocked(writing(CloseIO))),
	"law:socketchannel_write_pre":        outside(flagFirst(writing(CloseIO))),
	"D06_serversocketchannel_accept":     outside(whileBlocked(accepting(CloseIO, closeListener))),
	"law:serversocketchannel_accept_pre": outside(flagFirst(accepting(CloseIO, closeListener))),
	"D08_other_close_is_async":           outside(closedByOther),
	"D09_pipe_read":                      outside(whileBlocked(readingFile(CloseIO, pipe))),
	"law:pipe_read_pre":                  outside(flagFirst(readingFile(CloseIO, pipe))),
	"D11_serversocket_accept":            outside(whileBlocked(accepting(LegacyIO, closeListener))),
	"D12_serversocket_accept_pre":        outside(flagFirst(accepting(LegacyIO, connect))),
	"law:socket_inputstream_read_pre":    outside(flagFirst(readingFilled(LegacyIO))),
	"D14_socket_inputstream_read":        outside(whileBlocked(reading(LegacyIO))),
	"law:socket_outputstream_write":      outside(whileBlocked(writing(LegacyIO))),
	"D15_socketchannel_stream_view":      outside(whileBlocked(readingAs(CloseIO, buffered))),
	"D17_datagramsocket_receive":         outside(whileBlocked(receiving(LegacyIO))),
	"D18_datagramchannel_receive":        outside(whileBlocked(receiving(CloseIO))),
	"law:datagramchannel_receive_pre":    outside(flagFirst(receiving(CloseIO))),
	"D21_pipedinputstream":               inside(whileBlocked(readingPipe)),
	"law:pipedinputstream_pre":           inside(flagFirst(readingPipe)),
	"D23_files_newInputStream_pre":       outside(flagFirst(readingPlain(LegacyIO))),
	"D24_fileinputstream_pre":            outside(flagFirst(readingPlain(LegacyIO))),
	"law:socketchannel_connect_pre":      outside(flagFirst(connecting(CloseIO))),
	"law:socketchannel_late_interrupt":   outside(lateInterrupt),
	"D26_socket_connect_pre":             outside(flagFirst(connecting(LegacyIO))),
	"D27_shared_channel_victim":          outside(shared(false)),
	"go:deadline_read":                   outside(whileBlocked(reading(DeadlineIO))),
	"go:deadline_read_pre_filled":        outside(flagFirst(readingFilled(DeadlineIO))),
	"go:deadline_write":                  outside(whileBlocked(writing(DeadlineIO))),
	"go:deadline_accept":                 outside(whileBlocked(accepting(DeadlineIO, closeListener))),
	"go:deadline_accept_pre":             outside(flagFirst(accepting(DeadlineIO, closeListener))),
	"go:deadline_receive":                outside(whileBlocked(receiving(DeadlineIO))),
	"go:deadline_pipe":                   outside(whileBlocked(readingFile(DeadlineIO, pipe))),
	"go:deadline_fifo":                   outside(whileBlocked(readingFile(DeadlineIO, fifo))),
	"go:deadline_interrupted_as_it_ends": outside(interruptedAsItEnds),
	"go:deadline_connect_pre":            outside(flagFirst(connecting(DeadlineIO))),
}

// buffered is a view of a connection, as Java's streams are.
func buffered(r io.Reader) io.Reader { return bufio.NewReader(r) }
