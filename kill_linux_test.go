package main

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestServerIsKilledInTheMiddleOfARun kills the notebook with SIGKILL, which it cannot
// notice, while a run is under way that would go on for long, and then looks for
// anything that it has left behind. The test is not trusted on its word: it first
// finds the processes that it later misses.
func TestServerIsKilledInTheMiddleOfARun(t *testing.T) {
	mark := rand.Text()
	t.Setenv("GOPARK_RUN", mark) // is handed on to everything below the server
	cmd, address := startServer(t)
	defer func() { _ = cmd.Wait() }()

	const atLeast = 3 // a server, a supervisor and a body
	for tries := 0; len(marked(mark)) < atLeast; tries++ {
		require.Less(t, tries, 20, "every run was over before it could be looked at")
		follow(t, address, `{"experiment":"signals/coalesce","knobs":{"signals":100000},"predicted":1}`)
	}
	require.NoError(t, cmd.Process.Signal(syscall.SIGKILL))
	_ = cmd.Wait()
	for deadline := time.Now().Add(10 * time.Second); len(marked(mark)) > 0; {
		require.True(t, time.Now().Before(deadline), "left behind: %v", marked(mark))
	}
}

// follow starts a run and returns when it has said that it is running and a process
// for it is there.
func follow(t *testing.T, address, order string) {
	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	client := &http.Client{Jar: jar}
	defer client.CloseIdleConnections()
	page, err := client.Get(address)
	require.NoError(t, err)
	require.NoError(t, page.Body.Close())
	require.Equal(t, http.StatusOK, page.StatusCode)

	at, err := url.Parse(address)
	require.NoError(t, err)
	origin := "http://" + at.Host
	answer, err := client.Post(origin+"/runs", "application/json", strings.NewReader(order))
	require.NoError(t, err)
	defer answer.Body.Close()
	require.Equal(t, http.StatusAccepted, answer.StatusCode)
	var run struct{ Run string }
	require.NoError(t, json.NewDecoder(answer.Body).Decode(&run))

	events, err := client.Get(origin + "/runs/" + run.Run + "/events")
	require.NoError(t, err)
	defer events.Body.Close()
	var seen strings.Builder
	for buf := make([]byte, 4096); !strings.Contains(seen.String(), "receiver"); {
		n, err := events.Body.Read(buf)
		require.NoError(t, err, "the run ended before it had begun: %s", seen.String())
		seen.Write(buf[:n])
	}
}

// marked lists the processes that carry the mark in their environment.
func marked(mark string) []string {
	environs, _ := filepath.Glob("/proc/[0-9]*/environ")
	var found []string
	for _, name := range environs {
		if name == fmt.Sprintf("/proc/%d/environ", os.Getpid()) {
			continue
		}
		if environ, err := os.ReadFile(name); err == nil && bytes.Contains(environ, []byte(mark)) {
			found = append(found, name)
		}
	}
	return found
}
