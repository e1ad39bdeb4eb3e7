package outside

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"lab.example/gopark/ctxdemo/ending"
)

// oneHandler is an end that work for somebody else can come to, and what its context says
// then.
type oneHandler struct {
	name       string
	happen     func(ctx context.Context) (err, cause, failed error)
	err, cause string
}

// handlers are all of them. To try another one, write a function and add its line.
var handlers = []oneHandler{
	{"the handler has returned", returned, "context canceled", "context canceled"},
	{"the client leaves during a GET", clientLeaves, "context canceled", "context canceled"},
	{"the client leaves during a POST, its body has not been read", clientLeavesPost, "nil", "nil"},
	{"the client leaves during a POST, then its body is read", clientLeavesPostRead, "context canceled", "context canceled"},
	{"the client leaves during a POST, its body had been read", clientLeavesRead, "context canceled", "context canceled"},
	{"the time of http.TimeoutHandler is up", timeoutHandler, "context deadline exceeded", "context deadline exceeded"},
	{"Server.Shutdown has given up, the handler is running", shutdown, "nil", "nil"},
	{"Server.Close, the handler is running", closeServer, "context canceled", "context canceled"},
	{"the context that BaseContext returned is cancelled for gone", baseContext, "context canceled", "gone"},
	{"errgroup: a sibling returned gone", groupFailed, "context canceled", "gone"},
	{"errgroup: all have returned nil", groupDone, "context canceled", "context canceled"},
}

// server is an http.Server on loopback, and a client with a transport of its own.
type server struct {
	*http.Server
	url    string
	client *http.Client
	ended  chan error
}

// serve starts a server. configure may be nil.
func serve(configure func(*http.Server), handle http.HandlerFunc) (*server, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s := &server{
		Server: &http.Server{Handler: handle},
		url:    "http://" + listener.Addr().String(),
		client: &http.Client{Transport: &http.Transport{}},
		ended:  make(chan error, 1),
	}
	if configure != nil {
		configure(s.Server)
	}
	go func() { s.ended <- s.Serve(listener) }()
	return s, nil
}

func (s *server) close() {
	s.client.CloseIdleConnections()
	s.Close()
	<-s.ended
}

func (s *server) get(ctx context.Context) (*http.Response, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, s.url, nil)
	if err != nil {
		return nil, err
	}
	return s.client.Do(request)
}

// visit is a request that is being handled.
type visit struct {
	*server
	request chan context.Context // of the handler, once it runs
	leave   func()               // the client leaves, and has left
	finish  func()               // lets the handler return
}

// visited starts a server and a client that sends it a request, of which the handler may
// have a wrapper, and returns when the handler runs.
func visited(ctx context.Context, body io.Reader, configure func(*http.Server), wrap func(http.Handler) http.Handler, before func(*http.Request)) (*visit, context.Context, error) {
	v := &visit{request: make(chan context.Context, 1)}
	finished := make(chan struct{})
	v.finish = func() { close(finished) }
	var handler http.Handler = http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if before != nil {
			before(r)
		}
		v.request <- r.Context()
		<-finished
	})
	if wrap != nil {
		handler = wrap(handler)
	}
	var err error
	if v.server, err = serve(configure, handler.ServeHTTP); err != nil {
		return nil, nil, err
	}
	ctx, cancel := context.WithCancel(ctx)
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, v.url, body)
	if err != nil {
		cancel()
		return nil, nil, err
	}
	if body != nil {
		request.Method = http.MethodPost
	}
	left := make(chan struct{})
	go func() {
		defer close(left)
		if response, err := v.client.Do(request); err == nil {
			response.Body.Close()
		}
	}()
	v.leave = func() {
		cancel()
		<-left
	}
	return v, <-v.request, nil
}

func (v *visit) end() {
	v.finish()
	v.leave()
	v.close()
}

func why(ctx context.Context) (err, cause, failed error) {
	return ctx.Err(), context.Cause(ctx), nil
}

func returned(ctx context.Context) (err, cause, failed error) {
	v, r, err := visited(ctx, nil, nil, nil, nil)
	if err != nil {
		return nil, nil, err
	}
	v.end()
	<-r.Done()
	return why(r)
}

func clientLeaves(ctx context.Context) (err, cause, failed error) {
	v, r, err := visited(ctx, nil, nil, nil, nil)
	if err != nil {
		return nil, nil, err
	}
	defer v.end()
	v.leave()
	<-r.Done()
	return why(r)
}

// leavePost is a client that leaves before it has sent its body, of which the handler does
// not read anything. What that handler does afterwards is given, and what its context says then is the
// result.
//
// One cannot wait for something that does not happen. But the handler comes to it when
// another one has noticed that its client left, which it did later.
func leavePost(ctx context.Context, afterwards func(body io.Reader) error) (err, cause, failed error) {
	var body io.Reader
	client, cancel := context.WithCancel(ctx)
	defer cancel()
	v, r, err := visited(client, neverSent{client}, nil, nil, func(r *http.Request) { body = r.Body })
	if err != nil {
		return nil, nil, err
	}
	defer v.end()
	cancel()
	v.leave()
	if _, _, err := clientLeaves(ctx); err != nil {
		return nil, nil, err
	}
	if err := afterwards(body); err != nil {
		return nil, nil, err
	}
	return why(r)
}

// neverSent is a body of which nothing comes. It must look at the context itself: Do does
// not return before Read has, although the request was cancelled.
type neverSent struct{ client context.Context }

func (n neverSent) Read([]byte) (int, error) {
	<-n.client.Done()
	return 0, n.client.Err()
}

func clientLeavesPost(ctx context.Context) (err, cause, failed error) {
	return leavePost(ctx, func(io.Reader) error { return nil })
}

func clientLeavesPostRead(ctx context.Context) (err, cause, failed error) {
	return leavePost(ctx, func(body io.Reader) error {
		if _, err := io.Copy(io.Discard, body); err == nil {
			return errors.New("the whole body arrived")
		}
		return nil
	})
}

func clientLeavesRead(ctx context.Context) (err, cause, failed error) {
	v, r, err := visited(ctx, strings.NewReader("x"), nil, nil, func(r *http.Request) { _, _ = io.Copy(io.Discard, r.Body) })
	if err != nil {
		return nil, nil, err
	}
	defer v.end()
	v.leave()
	<-r.Done()
	return why(r)
}

func timeoutHandler(ctx context.Context) (err, cause, failed error) {
	v, r, err := visited(ctx, nil, nil, func(h http.Handler) http.Handler { return http.TimeoutHandler(h, 10*time.Millisecond, "") }, nil)
	if err != nil {
		return nil, nil, err
	}
	defer v.end()
	<-r.Done()
	return why(r)
}

// shutdown looks when Shutdown has waited for the handler, and has given up.
func shutdown(ctx context.Context) (err, cause, failed error) {
	v, r, err := visited(ctx, nil, nil, nil, nil)
	if err != nil {
		return nil, nil, err
	}
	defer v.end()
	patience, cancel := context.WithTimeout(ctx, 10*time.Millisecond)
	defer cancel()
	if err := v.Shutdown(patience); !errors.Is(err, context.DeadlineExceeded) {
		return nil, nil, fmt.Errorf("shut down beside a handler: %w", err)
	}
	return why(r)
}

func closeServer(ctx context.Context) (err, cause, failed error) {
	v, r, err := visited(ctx, nil, nil, nil, nil)
	if err != nil {
		return nil, nil, err
	}
	defer v.end()
	if err := v.Close(); err != nil {
		return nil, nil, err
	}
	<-r.Done()
	return why(r)
}

func baseContext(ctx context.Context) (err, cause, failed error) {
	base, cancel := context.WithCancelCause(ctx)
	v, r, err := visited(ctx, nil, func(s *http.Server) {
		s.BaseContext = func(net.Listener) context.Context { return base }
	}, nil, nil)
	if err != nil {
		cancel(nil)
		return nil, nil, err
	}
	defer v.end()
	cancel(ending.ErrGone)
	<-r.Done()
	return why(r)
}

func groupFailed(ctx context.Context) (err, cause, failed error) {
	g, member := errgroup.WithContext(ctx)
	g.Go(func() error { return ending.ErrGone })
	if err := g.Wait(); !errors.Is(err, ending.ErrGone) {
		return nil, nil, err
	}
	return why(member)
}

func groupDone(ctx context.Context) (err, cause, failed error) {
	g, member := errgroup.WithContext(ctx)
	g.Go(func() error { return nil })
	if err := g.Wait(); err != nil {
		return nil, nil, err
	}
	return why(member)
}
