package interrupt

import (
	"crypto/sha256"
	"crypto/tls"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"net/http/httptest"
	"os"
	"runtime"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

// TestStreamStorm sends a stream through a connection of which both ends are interrupted all
// the time, and demands that every byte arrives once and that no operation fails that was not
// interrupted. With the deadline repaired before the hook is dropped in lane.cutting, it fails
// once in some dozens of runs; the case go:deadline_interrupted_as_it_ends fails each time.
func TestStreamStorm(t *testing.T) {
	const size, most = 2_000_000, 16 << 10 // bytes
	s := &stage{T: t}
	near, far := s.pair()
	// So small that writes block; smaller ones make TCP itself wait.
	require.NoError(t, errors.Join(near.SetWriteBuffer(128<<10), far.SetReadBuffer(128<<10)))
	sum := sha256.New()
	var reads, writes, parts int // that were interrupted; writes that were cut in the middle
	turns := make(chan struct{}) // the pace: without it, all is over before the storm has begun

	writer := s.start(func(h *Handle) error {
		c, err := NewConn(h, near, DeadlineIO)
		if err != nil {
			return err
		}
		defer near.CloseWrite()
		stream := rand.NewChaCha8([32]byte{})
		for left := size; left > 0; {
			p := make([]byte, min(left, 1+rand.IntN(32*most)))
			stream.Read(p)
			left -= len(p)
			for len(p) > 0 {
				<-turns
				n, err := c.Write(p)
				switch {
				case errors.Is(err, ErrInterrupted):
					writes++
					if n > 0 {
						parts++
					}
				case err == nil && n < len(p):
					return io.ErrShortWrite
				case err != nil:
					return err
				}
				p = p[n:]
			}
		}
		return nil
	})
	reader := s.start(func(h *Handle) error {
		c, err := NewConn(h, far, DeadlineIO)
		if err != nil {
			return err
		}
		for p := make([]byte, most); ; {
			<-turns
			n, err := c.Read(p)
			sum.Write(p[:n])
			switch {
			case errors.Is(err, ErrInterrupted):
				reads++
			case errors.Is(err, io.EOF):
				return nil
			case err == nil && n == 0:
				return io.ErrNoProgress
			case err != nil:
				return err
			}
		}
	})
	for !writer.ended() || !reader.ended() {
		if writer.ended() && writer.err != nil || reader.ended() && reader.err != nil {
			near.Close() // the other one would wait for it for ever
			far.Close()
		}
		select {
		case turns <- struct{}{}:
		default: // both are in an operation
		}
		for range rand.IntN(10) {
			runtime.Gosched()
		}
		if a := []*actor{writer, reader}[rand.IntN(2)]; rand.IntN(2) == 0 {
			a.h.Interrupt()
		}
	}
	require.NoError(t, writer.err)
	require.NoError(t, reader.err)
	want := sha256.New()
	_, err := io.CopyN(want, rand.NewChaCha8([32]byte{}), size)
	require.NoError(t, err)
	require.Equal(t, want.Sum(nil), sum.Sum(nil))
	t.Logf("%d reads and %d writes were interrupted, %d of them in the middle", reads, writes, parts)
	require.Greater(t, reads+writes, 20, "a storm")
}

func TestUserDeadlineSurvives(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		near, far := net.Pipe()
		defer far.Close()
		defer near.Close()
		reader := Go("reader", func(h *Handle) error {
			c, err := NewConn(h, near, DeadlineIO)
			require.NoError(t, err)
			start := time.Now()
			require.NoError(t, c.SetReadDeadline(start.Add(time.Hour)))
			_, err = c.Read(make([]byte, 1))
			require.EqualError(t, err, "read: interrupted")
			require.Equal(t, time.Minute, time.Since(start))
			_, err = c.Read(make([]byte, 1))
			require.ErrorIs(t, err, os.ErrDeadlineExceeded)
			require.NotErrorIs(t, err, ErrInterrupted)
			require.Equal(t, time.Hour, time.Since(start))
			return nil
		})
		time.Sleep(time.Minute)
		reader.Interrupt()
		<-reader.Done()
	})
}

// TestDeadlineSetWhileCut holds that a deadline which the user sets at the moment of the interrupt
// neither lets the read go on nor is lost. Taking the moment between the cut and the end of the
// read needs a connection that stops there.
func TestDeadlineSetWhileCut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		near, far := net.Pipe()
		defer far.Close()
		defer near.Close()
		slow := &slowConn{Conn: near, cut: make(chan struct{}), goOn: make(chan struct{})}
		conn := make(chan *Conn, 1)
		start := time.Now()
		reader := Go("reader", func(h *Handle) error {
			c, err := NewConn(h, slow, DeadlineIO)
			require.NoError(t, err)
			conn <- c
			_, err = c.Read(make([]byte, 1))
			require.EqualError(t, err, "read: interrupted")
			_, err = c.Read(make([]byte, 1))
			require.ErrorIs(t, err, os.ErrDeadlineExceeded)
			require.Equal(t, time.Hour, time.Since(start))
			return nil
		})
		c := <-conn
		synctest.Wait()
		reader.Interrupt()
		<-slow.cut
		require.NoError(t, c.SetReadDeadline(start.Add(time.Hour)))
		close(slow.goOn)
		<-reader.Done()
	})
}

// slowConn says when a read was cut, and lets it return only then.
type slowConn struct {
	net.Conn
	cut, goOn chan struct{}
}

func (c *slowConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	select {
	case <-c.goOn:
	default:
		close(c.cut)
		<-c.goOn
	}
	return n, err
}

func TestCloseSaysWho(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		near, far := net.Pipe()
		defer far.Close()
		reader := Go("reader", func(h *Handle) error {
			c, err := NewConn(h, near, CloseIO)
			require.NoError(t, err)
			_, err = c.Read(make([]byte, 1))
			require.EqualError(t, err, "read: interrupted: closed by interrupt: the boss said so")
			require.ErrorIs(t, err, ErrClosedByInterrupt)
			require.ErrorIs(t, err, ErrInterrupted)
			require.ErrorIs(t, err, errBoss)
			require.ErrorIs(t, err, io.ErrClosedPipe, "what the read returned")
			require.True(t, h.IsInterrupted())
			_, err = c.Read(make([]byte, 1))
			require.NotErrorIs(t, err, ErrInterrupted, "it was closed before")
			return nil
		})
		synctest.Wait()
		reader.InterruptCause(errBoss)
		<-reader.Done()
	})
}

// undeadly is a connection without deadlines, such as one over two pipes.
type undeadly struct{ net.Conn }

func (undeadly) SetDeadline(time.Time) error { return os.ErrNoDeadline }

func TestUncuttableConn(t *testing.T) {
	h := New("main")
	near, far := net.Pipe()
	defer near.Close()
	defer far.Close()
	_, err := NewConn(h, undeadly{near}, DeadlineIO)
	require.ErrorIs(t, err, ErrUncuttable)
	require.ErrorIs(t, err, os.ErrNoDeadline)
	_, err = NewConn(h, undeadly{near}, CloseIO)
	require.NoError(t, err)

	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close()
	_, err = NewListener(h, tls.NewListener(l, &tls.Config{}), DeadlineIO)
	require.ErrorIs(t, err, ErrUncuttable)
	_, err = NewListener(h, l, DeadlineIO)
	require.NoError(t, err)
	require.PanicsWithValue(t, "interrupt: unknown mode IOMode(7)", func() {
		c, err := NewConn(h, near, IOMode(7))
		require.NoError(t, err)
		_, _ = c.Read(nil)
	})
}

// TestTLS holds what a cut may do to a TLS connection: end a read, which can be made again, and
// nothing else.
func TestTLS(t *testing.T) {
	server := httptest.NewUnstartedServer(nil)
	server.StartTLS() // for its certificate
	server.Close()
	near, far := (&stage{T: t}).pair()
	peer := tls.Server(far, &tls.Config{Certificates: server.TLS.Certificates})
	go peer.Handshake()
	secure := tls.Client(near, &tls.Config{InsecureSkipVerify: true})

	h := New("main")
	_, err := NewConn(h, secure, DeadlineIO)
	require.ErrorContains(t, err, "the TLS handshake is not complete")
	require.NoError(t, secure.Handshake())

	s := &stage{T: t}
	var c *Conn
	reader := s.start(func(h *Handle) error {
		c, err = NewConn(h, secure, DeadlineIO)
		require.NoError(t, err)
		_, err = c.Write([]byte("x"))
		require.ErrorIs(t, err, ErrUncuttable)
		_, err = c.Read(make([]byte, 1))
		return err
	})
	s.blocked(reader)
	reader.h.Interrupt()
	<-reader.h.Done()
	require.EqualError(t, reader.err, "read: interrupted")
	_, err = peer.Write([]byte("x"))
	require.NoError(t, err)
	n, err := c.Read(make([]byte, 1))
	require.NoError(t, err)
	require.Equal(t, 1, n)

	closer := s.start(func(h *Handle) error {
		c, err := NewConn(h, secure, CloseIO)
		require.NoError(t, err)
		_, err = c.Read(make([]byte, 1))
		return err
	})
	s.blocked(closer)
	closer.h.Interrupt()
	<-closer.h.Done()
	require.ErrorIs(t, closer.err, ErrClosedByInterrupt)
	require.ErrorIs(t, closer.err, net.ErrClosed)
}
