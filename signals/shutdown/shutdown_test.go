package shutdown

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/experiment/experimenttest"
)

func TestMain(m *testing.M) { experimenttest.Main(m, Experiment) }

func TestExperiment(t *testing.T) { experimenttest.Run(t, Experiment) }

func BenchmarkExperiment(b *testing.B) { experimenttest.Bench(b, Experiment) }

func TestManyRequests(t *testing.T) {
	res, err := experiment.Do(t.Context(), Experiment, experiment.Options{Knobs: map[string]int64{"running": 40}})
	require.NoError(t, err)
	if res.Verdict == experiment.UnmetRun {
		t.Skip(res.Reason)
	}
	require.Equal(t, experiment.Supported, res.Verdict, res.Reason)
}

func TestGoodbye(t *testing.T) {
	asked, ask := context.WithCancel(t.Context())
	defer ask()
	handler := sayGoodbye(asked, http.NotFoundHandler())
	get := func(path string) *http.Response {
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
		return w.Result()
	}
	require.Equal(t, http.StatusOK, get("/ready").StatusCode)
	require.Equal(t, http.StatusNotFound, get("/").StatusCode)
	require.Empty(t, get("/").Header.Get("Connection"))
	ask()
	require.Equal(t, http.StatusServiceUnavailable, get("/ready").StatusCode)
	require.Equal(t, http.StatusNotFound, get("/").StatusCode, "requests are answered to the end")
	require.Equal(t, "close", get("/").Header.Get("Connection"))
}

func TestServeFailsIfItCannotServe(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, listener.Close())
	require.ErrorIs(t, serve(&http.Server{}, listener, nil, 0), net.ErrClosed)
}
