package redis

import (
	"context"
	"crypto/tls"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/redis/rueidis"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"lab.example/gopark/internal/child"
	"lab.example/gopark/redpacket/grab/grabtest"
)

func TestMain(m *testing.M) {
	grabtest.Bodies(map[string]func(grabtest.Order, grabtest.Say) error{"grab": grabbing})
	goleak.VerifyTestMain(m)
}

// needRedis is the environment variable with which, set to 1, a test that finds no Redis fails. In
// CI it is set. Elsewhere it skips.
const needRedis = "GOPARK_NEED_REDIS"

// server is a Redis of our own, in a folder of its own. It ends with the test, and with this process.
type server struct {
	socket  string
	args    []string
	process *child.Process
}

// start starts one.
func start(t testing.TB, args ...string) *server {
	t.Helper()
	if _, err := exec.LookPath("redis-server"); err != nil {
		const missing = "no redis-server is installed; on Debian: apt-get install redis-server"
		if os.Getenv(needRedis) == "1" {
			t.Fatal(missing)
		}
		t.Skip(missing)
	}
	// The path of a socket has to be short, which that of t.TempDir is not.
	dir, err := os.MkdirTemp("", "grab")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, os.RemoveAll(dir)) })
	s := &server{socket: filepath.Join(dir, "socket"), args: append([]string{
		"--port", "0", "--unixsocket", "socket", "--dir", dir, "--save", "",
		"--auto-aof-rewrite-percentage", "0",
	}, args...)}
	s.begin(t)
	t.Cleanup(func() { s.kill(t) })
	return s
}

// durable are the settings of a Redis that forgets nothing that it has promised.
func durable() []string { return []string{"--appendonly", "yes", "--appendfsync", "always"} }

// begin starts the process, for the first time or again, and returns when it can be asked.
func (s *server) begin(t testing.TB) {
	t.Helper()
	var log strings.Builder
	ready := make(chan struct{})
	say := sync.OnceFunc(func() { close(ready) })
	p, err := child.Start(context.Background(), child.Spec{
		Path: "redis-server", Args: s.args, Dir: filepath.Dir(s.socket),
		Limits: child.Limits{Wall: 5 * time.Minute, Output: 16 << 20, File: 1 << 30, Memory: 2 << 30},
		Output: func(_ child.Stream, text []byte) {
			log.Write(text)
			if strings.Contains(log.String(), "Ready to accept connections") || strings.Contains(log.String(), "ready to accept connections at") {
				say()
			}
		},
	})
	require.NoError(t, err)
	s.process = p
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_, _ = p.Wait()
	}()
	select {
	case <-ready:
	case <-ended:
		t.Fatalf("redis-server ended:\n%s", log.String())
	}
}

// kill ends it by SIGKILL.
func (s *server) kill(t testing.TB) {
	t.Helper()
	_ = s.process.Signal(syscall.SIGKILL)
	_, err := s.process.Wait()
	require.NoError(t, err)
}

// client is one of the server. What is given changes what it is made with.
func (s *server) client(t testing.TB, change ...func(*rueidis.ClientOption)) rueidis.Client {
	t.Helper()
	c, err := connect(s.socket, change...)
	require.NoError(t, err)
	t.Cleanup(c.Close)
	return c
}

func connect(socket string, change ...func(*rueidis.ClientOption)) (rueidis.Client, error) {
	o := rueidis.MustParseURL("unix://" + socket)
	o.ForceSingleClient, o.AlwaysPipelining, o.DisableCache = true, true, true
	for _, c := range change {
		c(&o)
	}
	return rueidis.NewClient(o)
}

// do is a command without an answer that matters.
func do(t testing.TB, c rueidis.Client, words ...string) {
	t.Helper()
	require.NoError(t, c.Do(t.Context(), c.B().Arbitrary(words...).Build()).Error())
}

// watched is a connection that tells when something is written to it, and that can lose what
// comes back.
type watched struct {
	net.Conn
	written func()
	deaf    *atomic.Bool
}

func (c watched) Write(p []byte) (int, error) {
	n, err := c.Conn.Write(p)
	c.written()
	return n, err
}

// Read waits for the answer: what was asked for has happened.
func (c watched) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if err == nil && c.deaf.Load() {
		c.Close()
		return 0, syscall.ECONNRESET
	}
	return n, err
}

// watch has the connections of a client watched.
func watch(written func(), deaf *atomic.Bool) func(*rueidis.ClientOption) {
	return func(o *rueidis.ClientOption) {
		dial := o.DialCtxFn
		o.DialCtxFn = func(ctx context.Context, to string, d *net.Dialer, c *tls.Config) (net.Conn, error) {
			conn, err := dial(ctx, to, d, c)
			if err != nil {
				return nil, err
			}
			return watched{conn, written, deaf}, nil
		}
	}
}
