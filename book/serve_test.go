package book

import (
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestDocuments(t *testing.T) {
	s := serve(t, nil)
	for path, d := range s.documents {
		res, body := s.do(t, s.request(t, http.MethodGet, path, ""))
		require.Equal(t, http.StatusOK, res.StatusCode)
		require.Equal(t, d.contentType, res.Header.Get("Content-Type"), path)
		require.Equal(t, string(d.body), body)
		require.NotEmpty(t, body)
	}
	status, body := s.get(t, "/nowhere")
	require.Equal(t, http.StatusNotFound, status)
	require.Contains(t, body, "There is no such page")
}

// What the policy forbids must not be in the pages in the first place.
func TestPagesHoldNothingInline(t *testing.T) {
	s, err := New(notebook())
	require.NoError(t, err)
	for path, d := range s.documents {
		if d.contentType != htmlType {
			continue
		}
		page := string(d.body)
		for _, bad := range []string{" style=", "<style", " onclick", " onload", "javascript:", "//cdn", "src=\"http", "<script>"} {
			require.NotContains(t, page, bad, path)
		}
	}
}

func TestScriptsMakeNoMarkup(t *testing.T) {
	entries, err := static.ReadDir("static")
	require.NoError(t, err)
	for _, entry := range entries {
		body, err := static.ReadFile("static/" + entry.Name())
		require.NoError(t, err)
		for _, bad := range []string{"innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function", "setAttribute(\"style\""} {
			require.NotContains(t, string(body), bad, entry.Name())
		}
	}
}

func TestStreamsAreCapped(t *testing.T) {
	s := serve(t, nil)
	run := s.order(t, "endless")
	var open []*stream
	for range maxStreams {
		watched := s.watch(t, run, 0)
		require.Equal(t, http.StatusOK, watched.res.StatusCode)
		watched.until(t, "status")
		open = append(open, watched)
	}
	require.Equal(t, http.StatusServiceUnavailable, s.watch(t, run, 0).res.StatusCode)
	status, _ := s.get(t, "/")
	require.Equal(t, http.StatusOK, status, "pages are served all the same")

	// One that goes makes room for another.
	require.NoError(t, open[0].res.Body.Close())
	require.Eventually(t, func() bool { return s.watch(t, run, 0).res.StatusCode == http.StatusOK }, hang, 10*time.Millisecond)
}

func TestEndLeavesNothing(t *testing.T) {
	s := serve(t, func(s *Server) { s.parallel = 1 })
	running, queued := s.order(t, "endless"), s.order(t, "endless")
	first, second := s.watch(t, running, 0), s.watch(t, queued, 0)
	value := first.until(t, "value")
	second.until(t, "status")
	s.stop() // and goleak looks for goroutines after the tests
	for _, stream := range []*stream{first, second} {
		result := stream.until(t, "result").data
		require.Equal(t, "stopped", result["verdict"])
		require.Equal(t, "the notebook is closing", result["reason"])
	}
	requireGone(t, value)
	_, err := net.Dial("tcp", s.authority())
	require.Error(t, err, "nobody listens any more")
}

func TestBrokenListenerEndsServe(t *testing.T) {
	s, err := New(notebook())
	require.NoError(t, err)
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, ln.Close())
	require.ErrorIs(t, s.Serve(t.Context(), ln), net.ErrClosed)
}

// A client that never finishes its header is cut off.
func TestSlowHeadersAreCutOff(t *testing.T) {
	s := serve(t, nil)
	conn, err := net.Dial("tcp", s.authority())
	require.NoError(t, err)
	defer conn.Close()
	require.NoError(t, conn.SetDeadline(time.Now().Add(hang)))
	_, err = io.WriteString(conn, "GET / HTTP/1.1\r\nHost: ")
	require.NoError(t, err)
	answer, err := io.ReadAll(conn)
	require.NoError(t, err, "closed by the server, not by our deadline")
	require.False(t, strings.HasPrefix(string(answer), "HTTP/1.1 200"))
}
