package shutdown

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"lab.example/gopark/labs/probe"
)

// Every test runs in a bubble, in which an hour passes in no time: durations are exact,
// and the first message that you see says what is wrong with Run.

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	untilStop = time.Minute      // from the start to the end of the context
	timeLimit = 10 * time.Second // for the requests to finish
)

type judgeKey struct{}

// fakeServer is a Server that writes down how it is treated.
type fakeServer struct {
	stopped, cut  chan struct{} // closed when it is
	stop, cutOnce sync.Once
	failure       error         // of Serve, after failsAfter
	failsAfter    time.Duration // 0 means never
	lingers       time.Duration // Serve does, when it was stopped
	complaint     error         // of Shutdown, when no request is left
	closeFails    error         // of Close, which cuts off all the same

	serves, shutdowns   atomic.Int32
	serving             atomic.Int32
	finished, cutOff    atomic.Int32
	bornDead, valueLost atomic.Bool // the context of Shutdown

	mu      sync.Mutex
	running int
	idle    []chan struct{} // closed when nothing is running
	handed  context.Context // to Shutdown
}

func newFakeServer() *fakeServer {
	return &fakeServer{stopped: make(chan struct{}), cut: make(chan struct{})}
}

// request lets a request run for d, from now on. It returns false if it is refused.
func (s *fakeServer) request(d time.Duration) bool {
	select {
	case <-s.stopped:
		return false
	default:
	}
	s.mu.Lock()
	s.running++
	s.mu.Unlock()
	go func() {
		select {
		case <-time.After(d):
			s.finished.Add(1)
		case <-s.cut:
			s.cutOff.Add(1)
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.running--; s.running == 0 {
			for _, idle := range s.idle {
				close(idle)
			}
			s.idle = nil
		}
	}()
	return true
}

// left is how many requests are running.
func (s *fakeServer) left() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.running
}

// untilIdle returns a channel that is closed when no request is running.
func (s *fakeServer) untilIdle(handed context.Context) <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.handed = handed
	idle := make(chan struct{})
	if s.running == 0 {
		close(idle)
		return idle
	}
	s.idle = append(s.idle, idle)
	return idle
}

func (s *fakeServer) Serve() error {
	s.serves.Add(1)
	s.serving.Add(1)
	defer s.serving.Add(-1)
	var fails <-chan time.Time
	if s.failsAfter > 0 {
		fails = time.After(s.failsAfter)
	}
	select {
	case <-s.stopped:
		time.Sleep(s.lingers)
		return http.ErrServerClosed
	case <-fails:
		return s.failure
	}
}

func (s *fakeServer) Shutdown(ctx context.Context) error {
	s.shutdowns.Add(1)
	s.bornDead.Store(ctx.Err() != nil)
	s.valueLost.Store(ctx.Value(judgeKey{}) != "carried")
	s.stop.Do(func() { close(s.stopped) })
	idle := s.untilIdle(ctx)
	select {
	case <-idle:
		return s.complaint
	default:
	}
	select {
	case <-idle:
		return s.complaint
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (s *fakeServer) Close() error {
	s.stop.Do(func() { close(s.stopped) })
	s.cutOnce.Do(func() { close(s.cut) })
	return s.closeFails
}

// stoppingContext returns a context that ends after untilStop.
func stoppingContext(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(context.WithValue(t.Context(), judgeKey{}, "carried"), untilStop)
	t.Cleanup(cancel)
	return ctx
}

// afterwards fails t for what goes for every end.
func (s *fakeServer) afterwards(t *testing.T) {
	t.Helper()
	switch {
	case s.serves.Load() != 1:
		t.Fatalf("Run called Serve %d times: want once", s.serves.Load())
	case s.bornDead.Load():
		t.Fatal("Shutdown was handed a context that had ended already: it waits for nobody then")
	case s.shutdowns.Load() > 1:
		t.Fatalf("Run called Shutdown %d times: want once", s.shutdowns.Load())
	case s.shutdowns.Load() > 0 && s.valueLost.Load():
		t.Fatal("the context of Shutdown does not carry the values of the one that Run was given")
	}
}

func TestServeFails(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		s := newFakeServer()
		s.failsAfter, s.failure = time.Second, errors.New("address already in use")
		start := time.Now()
		err := Run(stoppingContext(t), s, timeLimit)
		switch took := time.Since(start); {
		case took >= untilStop:
			t.Fatalf("Serve failed after 1s, and Run noticed it after %v, when its context ended: until then a process is alive that serves nobody", took)
		case took != time.Second:
			t.Fatalf("Serve failed after 1s, and Run returned after %v", took)
		case err != s.failure:
			t.Fatalf("Serve failed with %q, and Run returned %v: want that very error", s.failure, err)
		case s.serves.Load() != 1:
			t.Fatalf("Run called Serve %d times: want once", s.serves.Load())
		}
	})
}

func TestIdle(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		s := newFakeServer()
		start := time.Now()
		err := Run(stoppingContext(t), s, timeLimit)
		took := time.Since(start)
		switch {
		case took < untilStop:
			t.Fatalf("Run returned after %v with %v: nobody had told it to stop", took, err)
		case s.shutdowns.Load() == 0:
			t.Fatal("the context ended, and Run did not call Shutdown: that is what waits for running requests")
		}
		s.afterwards(t)
		switch {
		case took != untilStop:
			t.Fatalf("the context ended after %v, no request was running, and Run returned after %v", untilStop, took)
		case err == http.ErrServerClosed:
			t.Fatal("Run returned http.ErrServerClosed: that is how Serve says that it was stopped, and Run did stop it: want nil")
		case err != nil:
			t.Fatalf("the server was stopped, no request was running, and Run returned the error %q: want nil", err)
		}
	})
}

func TestRequestsFinish(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		s := newFakeServer()
		time.AfterFunc(untilStop-time.Second, func() { s.request(4 * time.Second) })
		time.AfterFunc(untilStop-time.Second, func() { s.request(7 * time.Second) })
		var refused atomic.Bool
		time.AfterFunc(untilStop+time.Second, func() { refused.Store(!s.request(time.Second)) })
		start := time.Now()
		err := Run(stoppingContext(t), s, timeLimit)
		took := time.Since(start)
		switch {
		case s.bornDead.Load():
			t.Fatal("Shutdown was handed a context that had ended already: it waits for nobody then")
		case s.cutOff.Load() > 0:
			t.Fatalf("two requests needed %v more, %v were allowed, and Run cut them off", 6*time.Second, timeLimit)
		case s.left() > 0 && s.shutdowns.Load() > 0:
			synctest.Wait()
			t.Fatalf("leak: Run returned while %d requests were still running: Serve returns as soon as it is stopped, and says nothing about them", s.left())
		case s.left() > 0:
			t.Fatalf("Run returned while %d requests were still running, and had not called Shutdown", s.left())
		case !refused.Load():
			t.Fatal("a second after the context had ended, a new request was accepted")
		case took != untilStop+6*time.Second:
			t.Fatalf("the last request ended after %v, and Run returned after %v", untilStop+6*time.Second, took)
		case err != nil:
			t.Fatalf("all requests ended in time, and Run returned the error %q: want nil", err)
		}
		s.afterwards(t)
	})
}

func TestTimeIsUp(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		s := newFakeServer()
		s.request(24 * time.Hour)
		s.request(untilStop + time.Second)
		s.closeFails = errors.New("close listener: use of closed network connection")
		start := time.Now()
		err := Run(stoppingContext(t), s, timeLimit)
		took := time.Since(start)
		synctest.Wait()
		switch {
		case took >= time.Hour:
			t.Fatalf("a request never came to its end, and Run waited %v for it: want %v and no longer", took-untilStop, timeLimit)
		case s.finished.Load() == 0:
			t.Fatal("a request that needed one second more was cut off")
		case s.left() > 0 && err == ErrCut:
			s.Close()
			t.Fatal("Run says that a request was cut off, and it is still running: Shutdown gives up waiting, it cuts nobody off")
		case s.left() > 0:
			s.Close()
			t.Fatalf("the time was up and Run returned %v, but a request is still running: Shutdown gives up waiting, it cuts nobody off", err)
		case took != untilStop+timeLimit:
			t.Fatalf("the context ended after %v, the requests may take %v more, and Run returned after %v", untilStop, timeLimit, took)
		case err == nil:
			t.Fatal("silent: a request was cut off, and Run returned nil: want ErrCut")
		case err != ErrCut:
			t.Fatalf("a request was cut off, and Run returned %q: want ErrCut, that very error", err)
		}
		s.afterwards(t)
	})
}

func TestContextOfShutdownEnds(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		s := newFakeServer()
		Run(stoppingContext(t), s, timeLimit)
		synctest.Wait()
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.handed.Err() == nil {
			t.Fatal("leak: Run has returned, and the context of Shutdown has not ended: its timer is still running")
		}
	})
}

// No request is running, and Serve needs a second to come to its end.
func TestServeLingers(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		s := newFakeServer()
		s.lingers = time.Second
		start := time.Now()
		err := Run(stoppingContext(t), s, timeLimit)
		switch took := time.Since(start); {
		case s.serving.Load() > 0:
			t.Fatal("leak: Run returned before Serve had")
		case took != untilStop+time.Second:
			t.Fatalf("Serve returned after %v, no request was running, and Run returned after %v", untilStop+time.Second, took)
		case err != nil:
			t.Fatalf("the server was stopped, no request was running, and Run returned the error %q: want nil", err)
		}
	})
}

// A request is cut off, and Serve needs longer than the limit to come to its end.
func TestServeLingersBeyondTheLimit(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		s := newFakeServer()
		s.lingers = 3 * timeLimit
		s.request(24 * time.Hour)
		start := time.Now()
		err := Run(stoppingContext(t), s, timeLimit)
		took := time.Since(start)
		lingering := s.serving.Load() > 0
		time.Sleep(s.lingers)
		switch {
		case lingering:
			t.Fatal("leak: a request was cut off, and Run returned before Serve had")
		case took != untilStop+s.lingers:
			t.Fatalf("a request was cut off, Serve returned after %v, and Run after %v", untilStop+s.lingers, took)
		case err != ErrCut:
			t.Fatalf("a request was cut off, and Run returned %v: want ErrCut", err)
		}
	})
}

func TestShutdownFails(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		s := newFakeServer()
		s.complaint = errors.New("close listener: input/output error")
		s.request(untilStop + time.Second)
		err := Run(stoppingContext(t), s, timeLimit)
		if err != s.complaint {
			t.Fatalf("Shutdown failed with %q, and Run returned %v: want that very error", s.complaint, err)
		}
		s.afterwards(t)
	})
}

func TestContextHasEnded(t *testing.T) {
	for range 50 {
		probe.Bubble(t, func(t *testing.T) {
			ctx, end := context.WithCancel(t.Context())
			end()
			s := newFakeServer()
			start := time.Now()
			err := Run(ctx, s, timeLimit)
			switch took := time.Since(start); {
			case err != nil:
				t.Fatalf("the context had ended before the call, and Run returned the error %q: want nil", err)
			case took != 0:
				t.Fatalf("the context had ended before the call, and Run took %v", took)
			}
		})
	}
}

// bubbleListener is a network of which both ends are here.
type bubbleListener struct {
	calls  chan net.Conn
	closed chan struct{}
	once   sync.Once
}

func (l *bubbleListener) Accept() (net.Conn, error) {
	select {
	case c := <-l.calls:
		return c, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

func (l *bubbleListener) Close() error {
	l.once.Do(func() { close(l.closed) })
	return nil
}

func (l *bubbleListener) Addr() net.Addr { return &net.UnixAddr{Name: "bubble", Net: "unix"} }

// realServer is an *http.Server as a Server.
type realServer struct {
	*http.Server
	l net.Listener
}

func (r realServer) Serve() error { return r.Server.Serve(r.l) }

func TestRealServer(t *testing.T) {
	probe.Bubble(t, func(t *testing.T) {
		l := &bubbleListener{calls: make(chan net.Conn), closed: make(chan struct{})}
		s := realServer{l: l, Server: &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			time.Sleep(5 * time.Second)
			io.WriteString(w, "whole")
		})}}
		var answer string
		var client sync.WaitGroup
		client.Go(func() {
			time.Sleep(untilStop - time.Second)
			near, far := net.Pipe()
			defer near.Close()
			l.calls <- far
			io.WriteString(near, "GET / HTTP/1.1\r\nHost: bubble\r\nConnection: close\r\n\r\n")
			if res, err := http.ReadResponse(bufio.NewReader(near), nil); err == nil {
				body, _ := io.ReadAll(res.Body)
				res.Body.Close()
				answer = string(body)
			}
		})
		start := time.Now()
		err := Run(stoppingContext(t), s, timeLimit)
		took := time.Since(start)
		client.Wait()
		switch {
		case answer != "whole":
			t.Fatalf("with a real http.Server: a request needed 4s more when the context ended, and its client got %q", answer)
		case err != nil:
			t.Fatalf("with a real http.Server: the request ended in time, and Run returned the error %q", err)
		case took < untilStop+4*time.Second || took > untilStop+5*time.Second: // Shutdown looks only now and then
			t.Fatalf("with a real http.Server: the request ended after %v, and Run returned after %v", untilStop+4*time.Second, took)
		}
	})
}
