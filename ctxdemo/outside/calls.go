package outside

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"syscall"
	"time"

	"golang.org/x/sync/errgroup"
	"golang.org/x/sync/semaphore"
)

// oneCall is somebody who takes a context, and what comes back.
type oneCall struct {
	name string
	call call

	canceled, expired string // what the error says
	isErr, isCause    bool   // what errors.Is finds in it
}

// calls are all of them. To ask somebody else, write a function and add its line.
var calls = []oneCall{
	{"return ctx.Err()", returnErr, "context canceled", "context deadline exceeded", true, false},
	{"return context.Cause(ctx)", returnCause, "gone", "slow", false, true},
	{"return both, wrapped", returnBoth, "context canceled: gone", "context deadline exceeded: slow", true, true},
	{"errgroup.Group.Wait, a member returns ctx.Err()", errgroupErr, "context canceled", "context deadline exceeded", true, false},
	{"semaphore.Weighted.Acquire", semaphoreAcquire, "context canceled", "context deadline exceeded", true, false},

	{"http.Client.Do, waiting for the answer", httpDo, `Get "http://HOST": gone`, `Get "http://HOST": slow`, false, true},
	{"http.Client.Do, reading the body", httpBody, "gone", "slow", false, true},
	{"net.Dialer.DialContext", dial, "dial tcp HOST: operation was canceled", "dial tcp HOST: i/o timeout", true, false},
	{"tls.Conn.HandshakeContext", handshake, "context canceled", "context deadline exceeded", true, false},
	{"net.Conn.Read, cut by AfterFunc and SetReadDeadline", read, "read tcp HOST->HOST: i/o timeout", "read tcp HOST->HOST: i/o timeout", false, false},

	{"exec.Cmd.Wait, killed", command, "signal: killed", "signal: killed", false, false},
	{"exec.Cmd.Start, the context has ended", commandLate, "context canceled", "context deadline exceeded", true, false},
	{"exec.Cmd.Wait, Cancel makes it exit with 0", commandAsked, "context canceled", "context deadline exceeded", true, false},
	{"exec.Cmd.Wait, killed, a grandchild has its output", commandHangs, `signal: killed, output ["ready" "much later"]`, `signal: killed, output ["ready" "much later"]`, false, false},
	{"exec.Cmd.Wait, the same with a WaitDelay", commandDelay, `signal: killed, output ["ready"]`, `signal: killed, output ["ready"]`, false, false},
	{"exec.Cmd.Wait, the same with a WaitDelay, but it has exited with 0", commandLeaves, "exec: WaitDelay expired before I/O complete", "exec: WaitDelay expired before I/O complete", false, false},

	{"sql.DB.Query, waiting for a connection", sqlPool, "context canceled", "context deadline exceeded", true, false},
	{"sql.DB.Query, its driver returns ctx.Err()", sqlQuery, "context canceled", "context deadline exceeded", true, false},
	{"sql.DB.Query, its driver has an error of its own", sqlInterrupted, "interrupted", "interrupted", false, false},
	{"sql.Rows.Err, between two rows", sqlRows, "context canceled", "context deadline exceeded", true, false},
	{"sql.Tx.Commit, the driver was told to roll back", sqlCommit, "sql: transaction has already been committed or rolled back", "sql: transaction has already been committed or rolled back", false, false},
}

func returnErr(ctx context.Context, end func()) (err, failed error) {
	end()
	return ctx.Err(), nil
}

func returnCause(ctx context.Context, end func()) (err, failed error) {
	end()
	return context.Cause(ctx), nil
}

func returnBoth(ctx context.Context, end func()) (err, failed error) {
	end()
	return fmt.Errorf("%w: %w", ctx.Err(), context.Cause(ctx)), nil
}

func errgroupErr(ctx context.Context, end func()) (err, failed error) {
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error {
		<-ctx.Done()
		return ctx.Err()
	})
	end()
	return g.Wait(), nil
}

func semaphoreAcquire(ctx context.Context, end func()) (err, failed error) {
	s := semaphore.NewWeighted(1)
	if err := s.Acquire(context.Background(), 1); err != nil {
		return nil, err
	}
	go end()
	return s.Acquire(ctx, 1), nil
}

func httpDo(ctx context.Context, end func()) (err, failed error) {
	s, err := serve(nil, func(_ http.ResponseWriter, r *http.Request) {
		end()
		<-r.Context().Done() // the client has left
	})
	if err != nil {
		return nil, err
	}
	defer s.close()
	response, err := s.get(ctx)
	if err == nil {
		response.Body.Close()
	}
	return err, nil
}

func httpBody(ctx context.Context, end func()) (err, failed error) {
	s, err := serve(nil, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", "100")
		w.WriteHeader(http.StatusOK)
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
	})
	if err != nil {
		return nil, err
	}
	defer s.close()
	response, err := s.get(ctx)
	if err != nil {
		return err, nil
	}
	defer response.Body.Close()
	go end()
	_, err = response.Body.Read(make([]byte, 1))
	return err, nil
}

// dial ends the context when there is a socket, and it is about to be connected.
func dial(ctx context.Context, end func()) (err, failed error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	defer listener.Close()
	dialer := net.Dialer{Control: func(string, string, syscall.RawConn) error {
		end()
		return nil
	}}
	conn, err := dialer.DialContext(ctx, "tcp", listener.Addr().String())
	if err == nil {
		conn.Close()
	}
	return err, nil
}

func handshake(ctx context.Context, end func()) (err, failed error) {
	ours, theirs := net.Pipe()
	defer theirs.Close()
	go end()
	conn := tls.Client(ours, &tls.Config{ServerName: "gopark.test"})
	defer conn.Close()
	return conn.HandshakeContext(ctx), nil
}

// read is how a read is cut that takes no context.
func read(ctx context.Context, end func()) (err, failed error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	defer listener.Close()
	conn, err := net.Dial("tcp", listener.Addr().String())
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { _ = conn.SetReadDeadline(time.Unix(1, 0)) })()
	go end()
	_, err = conn.Read(make([]byte, 1))
	return err, nil
}
