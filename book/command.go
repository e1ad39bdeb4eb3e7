package book

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"syscall"
	"time"

	"lab.example/gopark/internal/cli"
	"lab.example/gopark/internal/hint"
)

const (
	firstPort = 8787
	lastPort  = 8886
)

// ServeCmd opens the notebook: its fields are the flags of the command.
type ServeCmd struct {
	Addr   string `help:"Loopback address to listen on. Default: 127.0.0.1:8787, or the next free port." placeholder:"HOST:PORT"`
	NoOpen bool   `name:"no-open" help:"Do not open a browser."`
}

// Run serves n until ctx ends, and then leaves nothing behind.
func (c *ServeCmd) Run(ctx context.Context, t *cli.Terminal, n Notebook) error {
	return c.run(ctx, n, t.Out)
}

func (c *ServeCmd) run(ctx context.Context, n Notebook, out io.Writer) error {
	s, err := New(n)
	if err != nil {
		return err
	}
	ln, passed, err := listen(c.Addr)
	if err != nil {
		return err
	}
	for _, p := range passed {
		fmt.Fprintln(out, p)
	}
	fmt.Fprintf(out, "gopark is open at %s\nCtrl-C stops it\n", s.Address(ln))
	if !c.NoOpen && hasBrowser(out) {
		remove, err := openBrowser(s.Address(ln), launcher())
		if err != nil {
			fmt.Fprintf(out, "no browser was opened: %v\n", err)
		}
		defer remove()
	}
	return s.Serve(ctx, ln)
}

// listen listens on addr, which must be loopback, or, if it is empty, on the first
// free port from 8787 on. Passed says, in words, which ports were taken.
func listen(addr string) (ln net.Listener, passed []string, err error) {
	if addr != "" {
		ln, err = listenExactly(addr)
		return ln, nil, err
	}
	for port := firstPort; port <= lastPort; port++ {
		addr := net.JoinHostPort("127.0.0.1", strconv.Itoa(port))
		ln, err = net.Listen("tcp", addr)
		if err == nil {
			return ln, passed, nil
		}
		if !errors.Is(err, syscall.EADDRINUSE) {
			return nil, nil, fmt.Errorf("listen for the notebook: %w", err)
		}
		passed = append(passed, occupant(addr)+", so this one takes the next free port")
	}
	return nil, nil, hint.With(fmt.Errorf("listen for the notebook: no free port from %d to %d", firstPort, lastPort),
		"stop one of the notebooks, or choose a port with --addr 127.0.0.1:PORT")
}

func listenExactly(addr string) (net.Listener, error) {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, cli.Usage(hint.With(fmt.Errorf("read --addr %q: %w", addr, err), "write --addr 127.0.0.1:%d", firstPort))
	}
	if host == "localhost" {
		host = "127.0.0.1" // the name may mean two addresses; the book has one
	}
	if ip := net.ParseIP(host); ip == nil || !ip.IsLoopback() {
		return nil, cli.Usage(hint.With(fmt.Errorf("listen on %s: not a loopback address", addr),
			"gopark runs code: it listens on loopback only; use ssh -L %d:127.0.0.1:%d to reach it from elsewhere", firstPort, firstPort))
	}
	addr = net.JoinHostPort(host, port)
	ln, err := net.Listen("tcp", addr)
	if errors.Is(err, syscall.EADDRINUSE) {
		err = hint.With(err, "%s; leave --addr out to take the next free port", occupant(addr))
	}
	if err != nil {
		return nil, fmt.Errorf("listen for the notebook: %w", err)
	}
	return ln, nil
}

// occupant says who listens on addr, as far as that shows: another notebook names
// itself, even to those whom it does not let in.
func occupant(addr string) string {
	client := &http.Client{
		Timeout:   time.Second,
		Transport: &http.Transport{DisableKeepAlives: true, Proxy: nil},
		CheckRedirect: func(*http.Request, []*http.Request) error {
			return http.ErrUseLastResponse
		},
	}
	res, err := client.Get("http://" + addr + "/")
	if err == nil {
		res.Body.Close()
		if res.Header.Get("Server") == program {
			return "another gopark notebook is open at " + addr
		}
	}
	return "another program listens on " + addr
}
