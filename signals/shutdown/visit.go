package shutdown

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"
	"time"

	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/timeline"
)

// outcome is what became of the requests to one server.
type outcome struct {
	answered, lost, refused int
	end                     string
}

const (
	idle = 2 // connections that are kept alive over the signal
	late = 2 // connections that are asked for when the listener is closed
)

// told is how often the server has told what.
type told map[string]int

// visitor is the client of one server.
type visitor struct {
	server  *experiment.Actor
	desk    net.Conn       // to and from the server
	lines   *bufio.Scanner // of desk
	told    told
	gone    bool // it tells nothing any more: most likely its process has ended
	address string
	outcome
}

// visit starts a server, sends it requests, has it end, and counts.
func visit(ctx context.Context, r *experiment.Recorder, w way, inFlight int) (outcome, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return outcome{}, experiment.Unmet("there is no loopback to listen on: %v", err)
	}
	defer listener.Close()
	server, err := r.Start(ctx, "server", envWay+"="+w.name, envDesk+"="+listener.Addr().String())
	if err != nil {
		return outcome{}, err
	}
	v := &visitor{server: server, told: make(told)}
	err = v.meet(ctx, r, listener, w, inFlight)
	if err != nil {
		_ = server.Signal(syscall.SIGKILL)
	}
	ending, ended := server.Ending()
	if err == nil {
		err = ended
	}
	if err != nil {
		return outcome{}, fmt.Errorf("%s: %w", w.name, err)
	}
	to := timeline.Exited
	if ending.Signal != "" {
		to = timeline.Signaled
	}
	draw(r, w, timeline.Process, "", timeline.Running, to)
	v.end = ending.String()
	return v.outcome, nil
}

// meet waits for the server to call, at most until it ends, and goes through the visit.
func (v *visitor) meet(ctx context.Context, r *experiment.Recorder, listener net.Listener, w way, inFlight int) error {
	over, cancel := context.WithCancel(ctx)
	defer cancel()
	context.AfterFunc(over, func() { listener.Close() })
	go func() {
		_, _ = v.server.Wait() // its error is that of Ending, too
		cancel()
	}()
	desk, err := listener.Accept()
	if err != nil {
		return fmt.Errorf("wait for the server: %w", err)
	}
	defer desk.Close()
	defer context.AfterFunc(ctx, func() { desk.Close() })()
	v.desk, v.lines = desk, bufio.NewScanner(desk)
	v.await(told{serving: 1})
	draw(r, w, timeline.Process, "", "", timeline.Running)
	draw(r, w, timeline.Flag, "/listens", "", timeline.Set)
	return v.stay(ctx, r, w, inFlight)
}

// stay is the visit. Its steps are the same for every way.
func (v *visitor) stay(ctx context.Context, r *experiment.Recorder, w way, inFlight int) error {
	working, err := v.connect(ctx, inFlight)
	if err != nil {
		return err
	}
	defer hangUp(working)
	kept, err := v.connect(ctx, idle)
	if err != nil {
		return err
	}
	defer hangUp(kept)

	// 1. Some requests are in flight, and some connections are idle, having been used.
	for _, c := range working {
		c.ask("/slow")
	}
	v.await(told{running: inFlight})
	for _, c := range kept {
		if c.ask("/quick"); !c.answered() {
			return fmt.Errorf("a request before the signal was not answered: %w", c.err)
		}
	}
	v.await(told{resting: idle})

	// 2. The signal. Then the server gives notice, or closes what is idle, or ends.
	if err := v.server.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	v.await(told{noticing: 1, closed: idle})

	// 3. A client that was just about to use its connection cannot have seen that.
	for _, c := range kept {
		c.ask("/quick")
		v.count(c)
	}
	fmt.Fprintln(v.desk, noticed)

	// 4. Newcomers find the listener closed.
	v.await(told{unlistened: 1})
	draw(r, w, timeline.Flag, "/listens", timeline.Set, timeline.Clear)
	if err := v.comeLate(ctx); err != nil {
		return err
	}

	// 5. The requests in flight are answered, unless the server does not wait for them.
	for range w.signals - 1 {
		if err := v.server.Signal(syscall.SIGTERM); err != nil {
			return err
		}
	}
	if w.signals > 1 || !w.patient {
		if err := v.awaitEnd(); err != nil {
			return err
		}
	}
	fmt.Fprintln(v.desk, answer)
	for _, c := range working {
		v.count(c)
	}
	return nil
}

// await reads until the server has told one of these so many times, or has ended.
func (v *visitor) await(enough told) {
	for !v.gone {
		for what, times := range enough {
			if v.told[what] >= times {
				return
			}
		}
		v.read()
	}
}

// awaitEnd reads until the server has ended. If it goes on for so long it does not mean
// to end by itself, and the requests will show it.
func (v *visitor) awaitEnd() error {
	if err := v.desk.SetReadDeadline(time.Now().Add(5 * time.Second)); err != nil {
		return err
	}
	for !v.gone {
		v.read()
	}
	return nil
}

func (v *visitor) read() {
	if !v.lines.Scan() {
		v.gone = true
		return
	}
	what, address, _ := strings.Cut(v.lines.Text(), " ")
	v.told[what]++
	if what == serving {
		v.address = address
	}
}

// comeLate asks for connections that should be refused.
func (v *visitor) comeLate(ctx context.Context) error {
	for range late {
		made, err := v.connect(ctx, 1)
		switch {
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case err != nil:
			v.refused++
			continue
		}
		made[0].ask("/quick")
		v.count(made[0])
		hangUp(made)
	}
	return nil
}

func (v *visitor) count(c *connection) {
	if c.answered() {
		v.answered++
	} else {
		v.lost++
	}
}

// connection is one over which requests are sent. It sends what it is told to and never
// again by itself, as the client of net/http might.
type connection struct {
	net.Conn
	answers *bufio.Reader
	err     error
}

func (v *visitor) connect(ctx context.Context, n int) (all []*connection, err error) {
	var d net.Dialer
	for range n {
		conn, err := d.DialContext(ctx, "tcp", v.address)
		if err != nil {
			hangUp(all)
			return nil, fmt.Errorf("connect: %w", err)
		}
		all = append(all, &connection{Conn: conn, answers: bufio.NewReader(conn)})
	}
	return all, nil
}

func hangUp(all []*connection) {
	for _, c := range all {
		c.Close()
	}
}

// ask sends a request.
func (c *connection) ask(path string) {
	_, c.err = fmt.Fprintf(c, "POST %s HTTP/1.1\r\nHost: site\r\nContent-Length: 0\r\n\r\n", path)
}

// answered reads the answer and reports whether there was one, whole and good.
func (c *connection) answered() bool {
	if c.err != nil {
		return false
	}
	answer, err := http.ReadResponse(c.answers, nil)
	if err != nil {
		c.err = err
		return false
	}
	defer answer.Body.Close()
	_, c.err = io.Copy(io.Discard, answer.Body)
	return c.err == nil && answer.StatusCode == http.StatusOK
}
