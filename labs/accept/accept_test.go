package accept

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"lab.example/gopark/labs/probe"
)

// Every test runs in a bubble, in which an hour passes in no time: durations are exact, and the
// first message that you see says what is wrong with Serve. The connections are pipes in memory.

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// lap is no round number: whoever looks from time to time is late.
const lap = time.Second + 7*time.Nanosecond

// limit is how long those may take who are being served when it is over, and pause how long to
// wait after an error.
const (
	limit = 5 * lap
	pause = 3 * lap
)

var (
	errClosing = errors.New("closing time")
	errBroken  = errors.New("the network is gone")
)

// office is a listener, and it sees what becomes of the connections.
type office struct {
	t     *testing.T
	start time.Time
	next  chan any // *line, or an error
	shut  chan struct{}
	late  *line // that Accept returns although the office has been closed meanwhile

	mu     sync.Mutex // also for what is known of lines
	closed int

	over  bool
	err   error
	after time.Duration // until Serve returned
}

// line is a connection, its server's end.
type line struct {
	net.Conn
	o     *office
	peer  net.Conn
	needs time.Duration // of its handler, from when it notices the end

	accepted        bool
	handled, closed int
	began           time.Duration // handle
	closedAt        time.Duration
	returned        bool // handle
}

func newOffice(t *testing.T) *office {
	return &office{t: t, start: time.Now(), next: make(chan any, 100), shut: make(chan struct{})}
}

func (o *office) line() *line {
	server, peer := net.Pipe()
	return &line{Conn: server, o: o, peer: peer}
}

// call lets somebody call after a time, who hangs up after another; never, if that is 0.
func (o *office) call(at, hangsUp time.Duration) *line {
	l := o.line()
	time.AfterFunc(at, func() { o.next <- l })
	if hangsUp > 0 {
		time.AfterFunc(hangsUp, func() { l.peer.Close() })
	}
	return l
}

func (o *office) Accept() (net.Conn, error) {
	select {
	case <-o.shut:
		return o.closedNow()
	default:
	}
	select {
	case <-o.shut:
		return o.closedNow()
	case next := <-o.next:
		o.mu.Lock()
		defer o.mu.Unlock()
		if l, ok := next.(*line); ok {
			l.accepted = true
			return l, nil
		}
		return nil, next.(error)
	}
}

func (o *office) closedNow() (net.Conn, error) {
	if l := o.late; l != nil {
		o.late, l.accepted = nil, true
		return l, nil
	}
	return nil, net.ErrClosed
}

func (o *office) Close() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.closed++; o.closed == 1 {
		close(o.shut)
	}
	return nil
}

func (l *line) Close() error {
	l.o.mu.Lock()
	defer l.o.mu.Unlock()
	if l.closed++; l.closed == 1 {
		l.closedAt = time.Since(l.o.start)
	}
	return l.Conn.Close()
}

// address says which line a connection is, also if something was put around it.
type address struct {
	net.Addr
	of *line
}

func (l *line) LocalAddr() net.Addr { return address{l.Conn.LocalAddr(), l} }

// handle reads until there is no more.
func (o *office) handle(conn net.Conn) {
	l := conn.LocalAddr().(address).of
	o.mu.Lock()
	l.handled++
	l.began = time.Since(o.start)
	o.mu.Unlock()
	io.Copy(io.Discard, conn)
	time.Sleep(l.needs)
	o.mu.Lock()
	l.returned = true
	o.mu.Unlock()
}

// serve runs Serve for an hour. ctx ends after the time end, if that is not 0.
func (o *office) serve(end time.Duration, lines ...*line) {
	o.t.Helper()
	ctx, cancel := context.WithCancelCause(o.t.Context())
	defer cancel(nil)
	if end > 0 {
		time.AfterFunc(end, func() { cancel(errClosing) })
	}
	o.run(ctx, lines...)
}

func (o *office) run(ctx context.Context, lines ...*line) {
	o.t.Helper()
	go func() {
		err := Serve(ctx, o, o.handle, pause, limit)
		o.mu.Lock()
		defer o.mu.Unlock()
		o.over, o.err, o.after = true, err, time.Since(o.start)
		for i, l := range lines {
			if l.handled > 0 && !l.returned {
				o.t.Errorf("Serve has returned, and caller %d is still being served", i)
			}
		}
	}()
	time.Sleep(time.Hour)
	synctest.Wait()
	o.mu.Lock()
	defer o.mu.Unlock()
	for i, l := range lines {
		if l.handled > 0 && l.closed == 0 && !l.returned {
			o.t.Fatalf("caller %d does not hang up, and nobody has closed the connection after %v", i, limit)
		}
	}
	switch {
	case o.t.Failed():
		o.t.FailNow()
	case !o.over && o.closed == 0:
		o.t.Fatal("ctx has ended, and Serve still waits in Accept: nobody has closed the listener")
	case !o.over:
		o.t.Fatal("it is over, nobody is served any more, and Serve does not return")
	case o.closed != 1:
		o.t.Fatalf("Serve has returned, and the listener was closed %d times, want once", o.closed)
	}
	for i, l := range lines {
		switch {
		case l.handled > 1:
			o.t.Fatalf("handle was called %d times for caller %d", l.handled, i)
		case l.accepted && l.closed == 0:
			o.t.Fatalf("Serve has returned, and nobody has closed the connection of caller %d", i)
		case l.closed > 1:
			o.t.Fatalf("the connection of caller %d was closed %d times: its number may by then be that of another file", i, l.closed)
		}
	}
}

// ended ends the test if Serve returned something else, or at another time.
func (o *office) ended(err error, after time.Duration) {
	o.t.Helper()
	switch {
	case o.err != err && errors.Is(o.err, ErrTemporary):
		o.t.Fatalf("Serve has given up after an error of Accept that would have passed: %v", o.err)
	case o.err != err:
		o.t.Fatalf("Serve returned %v, want %q", o.err, err)
	case o.after != after:
		o.t.Fatalf("Serve returned after %v, want %v", o.after, after)
	}
}

// was ends the test if the line was not served and closed at these times.
func (l *line) was(who string, began, closed time.Duration) {
	t := l.o.t
	t.Helper()
	switch {
	case l.handled == 0:
		t.Fatalf("%s was never served", who)
	case l.began > began:
		t.Fatalf("%s called after %v and was served after %v: callers do not wait for each other, nor for nothing", who, began, l.began)
	case l.began < began:
		t.Fatalf("%s was served after %v, want %v", who, l.began, began)
	case l.closedAt < closed:
		t.Fatalf("%s was cut off: the connection was closed after %v, and it could go on until %v", who, l.closedAt, closed)
	case l.closedAt > closed:
		t.Fatalf("the connection of %s was closed after %v, want %v", who, l.closedAt, closed)
	}
}

func TestNobodyCalls(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		o := newOffice(t)
		o.serve(lap)
		o.ended(errClosing, lap)
	})
}

func TestManyCall(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		o := newOffice(t)
		var all []*line
		for i := range 5 {
			all = append(all, o.call(lap, time.Duration(10-i)*lap))
		}
		all = append(all, o.call(3*lap, 4*lap))
		o.serve(20*lap, all...)
		for i := range 5 {
			all[i].was(fmt.Sprint("one of five callers at the same time, number ", i), lap, time.Duration(10-i)*lap)
		}
		all[5].was("a caller who came while others were served", 3*lap, 4*lap)
		o.ended(errClosing, 20*lap)
	})
}

// Two are being served when ctx ends, and finish soon.
func TestTheyFinish(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		o := newOffice(t)
		a, b := o.call(lap, 12*lap), o.call(2*lap, 13*lap)
		o.serve(10*lap, a, b)
		a.was("a caller who hung up within the limit", lap, 12*lap)
		b.was("a caller who hung up within the limit", 2*lap, 13*lap)
		o.ended(errClosing, 13*lap)
	})
}

// Of three who are being served one finishes, and one needs time even when it is cut off.
func TestTheyAreCut(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		o := newOffice(t)
		a, b, c := o.call(lap, 0), o.call(lap, 0), o.call(lap, 11*lap)
		b.needs = 2 * lap
		o.serve(10*lap, a, b, c)
		a.was("a caller who does not hang up", lap, 15*lap)
		b.was("a caller who does not hang up", lap, 15*lap)
		c.was("a caller who hung up within the limit", lap, 11*lap)
		o.ended(errClosing, 17*lap)
	})
}

func TestTemporaryErrors(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		o := newOffice(t)
		for range 3 {
			o.next <- fmt.Errorf("accept: %w", ErrTemporary)
		}
		a := o.call(0, 20*lap)
		o.serve(30*lap, a)
		if o.err != nil && a.handled > 0 && a.began < 3*pause {
			t.Fatalf("Accept failed 3 times, and Serve called it again without a pause, or with a shorter one: after %v it had its first caller, want %v", a.began, 3*pause)
		}
		if a.handled > 0 {
			a.was("a caller who came after 3 errors", 3*pause, 20*lap)
		}
		o.ended(errClosing, 30*lap)
	})
}

func TestContextEndsInThePause(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		o := newOffice(t)
		o.next <- ErrTemporary
		o.serve(lap)
		o.ended(errClosing, lap)
	})
}

func TestAcceptFails(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		o := newOffice(t)
		a, b := o.call(lap, 4*lap), o.call(lap, 0)
		time.AfterFunc(2*lap, func() { o.next <- errBroken })
		o.serve(0, a, b)
		a.was("a caller who was being served when Accept failed", lap, 4*lap)
		b.was("a caller who does not hang up", lap, 7*lap)
		o.ended(errBroken, 7*lap)
	})
}

// ctx ends, and Accept has a connection all the same.
func TestOneMore(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		o := newOffice(t)
		o.late = o.line()
		late := o.late
		o.serve(lap, late)
		if late.handled > 0 {
			t.Fatal("ctx had ended when Accept returned one more connection, and it was served")
		}
		o.ended(errClosing, lap)
	})
}

func TestContextHasEnded(t *testing.T) {
	for range 50 {
		probe.Bubble(t, func(t *testing.T) {
			o := newOffice(t)
			ctx, end := context.WithCancelCause(t.Context())
			end(errClosing)
			a := o.line()
			o.next <- a
			o.run(ctx)
			if a.handled > 0 || len(o.next) == 0 && a.closed != 1 {
				t.Fatalf("ctx had ended before the call: a caller was served %d times, and the connection closed %d times", a.handled, a.closed)
			}
			o.ended(errClosing, 0)
		})
	}
}
