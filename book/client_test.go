package book

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// served is a notebook that is being served, seen from a browser that has logged in.
type served struct {
	*Server
	ln     net.Listener
	client *http.Client
	stop   func() // ends Serve and waits for its end

	mu     sync.Mutex
	inside []string // what went past the guard, if the server was made by fenced
}

// serve starts the test notebook after letting adjust change it. It ends with the test.
func serve(t *testing.T, adjust func(*Server)) *served {
	t.Helper()
	s, err := New(notebook())
	require.NoError(t, err)
	if adjust != nil {
		adjust(s)
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(ctx, ln) }()
	transport := &http.Transport{Proxy: nil}
	sv := &served{Server: s, ln: ln, client: &http.Client{Transport: transport, CheckRedirect: stay}}
	stopped := false
	sv.stop = func() {
		if !stopped {
			stopped = true
			cancel()
			require.NoError(t, <-ended)
			transport.CloseIdleConnections()
		}
	}
	t.Cleanup(sv.stop)
	return sv
}

func stay(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

func (s *served) authority() string { return s.ln.Addr().String() }

func (s *served) cookie() *http.Cookie {
	g := gate{s.authority(), s.token}
	return &http.Cookie{Name: g.cookieName(), Value: s.token}
}

// request makes a request as the notebook's own page would.
func (s *served) request(t *testing.T, method, path, body string) *http.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, "http://"+s.authority()+path, strings.NewReader(body))
	require.NoError(t, err)
	r.AddCookie(s.cookie())
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	if method != http.MethodGet {
		r.Header.Set("Origin", "http://"+s.authority())
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	return r
}

// do sends r and returns the status and the body of the answer.
func (s *served) do(t *testing.T, r *http.Request) (*http.Response, string) {
	t.Helper()
	res, err := s.client.Do(r)
	require.NoError(t, err)
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	return res, string(body)
}

func (s *served) get(t *testing.T, path string) (status int, body string) {
	t.Helper()
	res, body := s.do(t, s.request(t, http.MethodGet, path, ""))
	return res.StatusCode, body
}

// order orders a run with prediction 2, which is right, and returns its id.
func (s *served) order(t *testing.T, name string) string {
	t.Helper()
	return s.orderAs(t, fmt.Sprintf(`{"experiment": "demo/%s", "predicted": 2}`, name))
}

func (s *served) orderAs(t *testing.T, order string) string {
	t.Helper()
	res, body := s.do(t, s.request(t, http.MethodPost, "/runs", order))
	require.Equal(t, http.StatusAccepted, res.StatusCode, body)
	var answer struct{ Run string }
	require.NoError(t, json.Unmarshal([]byte(body), &answer))
	return answer.Run
}

// told is one server-sent event.
type told struct {
	id    int
	event string
	data  map[string]any
}

// stream is an open stream of server-sent events.
type stream struct {
	res   *http.Response
	lines *bufio.Scanner
}

// watch opens the stream of a run from the message after last on.
func (s *served) watch(t *testing.T, run string, last int) *stream {
	t.Helper()
	return s.listenTo(t, "/runs/"+run+"/events", last)
}

// listenTo opens a stream from the message after last on.
func (s *served) listenTo(t *testing.T, path string, last int) *stream {
	t.Helper()
	r := s.request(t, http.MethodGet, path, "")
	if last > 0 {
		r.Header.Set("Last-Event-ID", strconv.Itoa(last))
	}
	res, err := s.client.Do(r)
	require.NoError(t, err)
	t.Cleanup(func() { res.Body.Close() })
	lines := bufio.NewScanner(res.Body)
	lines.Buffer(nil, 4<<20)
	return &stream{res, lines}
}

// next returns the next message but for heartbeats, or false at the end.
func (s *stream) next(t *testing.T) (m told, ok bool) {
	t.Helper()
	for s.lines.Scan() {
		line := s.lines.Text()
		field, value, _ := strings.Cut(line, ": ")
		switch field {
		case "id":
			m.id, _ = strconv.Atoi(value)
		case "event":
			m.event = value
		case "data":
			m.data = nil
			require.NoError(t, json.Unmarshal([]byte(value), &m.data), value)
		case "":
			if m.event != "beat" {
				return m, true
			}
			m = told{}
		default:
			t.Fatalf("unexpected line in the stream: %q", line)
		}
	}
	return m, false
}

// all reads to the end of the stream.
func (s *stream) all(t *testing.T) []told {
	t.Helper()
	var all []told
	for m, ok := s.next(t); ok; m, ok = s.next(t) {
		all = append(all, m)
	}
	return all
}

// until reads until a message of the kind arrives, and returns it.
func (s *stream) until(t *testing.T, event string) told {
	t.Helper()
	for m, ok := s.next(t); ok; m, ok = s.next(t) {
		if m.event == event {
			return m
		}
	}
	t.Fatalf("the stream ended without a %s", event)
	return told{}
}

// raw sends bytes as they are over a connection of its own and returns the status
// of the answer, or 0 if there was none.
func raw(t *testing.T, address, request string) (status int, head http.Header) {
	t.Helper()
	conn, err := net.Dial("tcp", address)
	require.NoError(t, err)
	defer conn.Close()
	require.NoError(t, conn.SetDeadline(time.Now().Add(hang)))
	_, err = io.Copy(conn, bytes.NewBufferString(request))
	require.NoError(t, err)
	res, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		return 0, nil
	}
	res.Body.Close()
	return res.StatusCode, res.Header
}
