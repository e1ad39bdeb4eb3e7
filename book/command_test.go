package book

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/internal/hint"
)

func TestOnlyLoopback(t *testing.T) {
	for _, addr := range []string{":8787", "0.0.0.0:8787", "[::]:8787", "192.0.2.1:8787", "example.com:8787", "8787", "127.0.0.1"} {
		_, _, err := listen(addr)
		require.Error(t, err, addr)
		require.NotEmpty(t, hint.Of(err), addr)
	}
	_, _, err := listen("0.0.0.0:8787")
	require.Contains(t, hint.Of(err), "ssh -L")
	for _, addr := range []string{"127.0.0.1:0", "localhost:0", "127.0.0.2:0"} {
		ln, _, err := listen(addr)
		if errors.Is(err, syscall.EADDRNOTAVAIL) {
			continue // macOS has one loopback address only
		}
		require.NoError(t, err)
		require.True(t, ln.Addr().(*net.TCPAddr).IP.IsLoopback())
		require.NotNil(t, ln.Addr().(*net.TCPAddr).IP.To4(), "one address, not the name of two")
		require.NoError(t, ln.Close())
	}
}

func TestTakenPortIsNotMoved(t *testing.T) {
	s := serve(t, nil)
	_, _, err := listen(s.authority())
	require.ErrorIs(t, err, syscall.EADDRINUSE)
	require.Contains(t, hint.Of(err), "another gopark notebook is open at "+s.authority())

	other, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	server := &http.Server{Handler: http.NotFoundHandler()}
	ended := make(chan error)
	go func() { ended <- server.Serve(other) }()
	_, _, err = listen(other.Addr().String())
	require.ErrorIs(t, err, syscall.EADDRINUSE)
	require.Contains(t, hint.Of(err), "another program listens on "+other.Addr().String())
	require.NoError(t, server.Close())
	<-ended
}

func TestNextFreePort(t *testing.T) {
	first, _, err := listen("")
	require.NoError(t, err)
	defer first.Close()
	// Whoever has the ports before it, this one is taken now.
	second, passed, err := listen("")
	require.NoError(t, err)
	defer second.Close()
	require.NotEqual(t, first.Addr(), second.Addr())
	require.NotEmpty(t, passed)
	require.Contains(t, passed[len(passed)-1], "so this one takes the next free port")
}

func TestRunSaysWhereItIs(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	read, write, err := os.Pipe()
	require.NoError(t, err)
	ended := make(chan error, 1)
	go func() {
		ended <- (&ServeCmd{Addr: "127.0.0.1:0"}).run(ctx, notebook(), write)
		write.Close()
	}()
	buf := make([]byte, 4096)
	n, err := read.Read(buf)
	require.NoError(t, err)
	address := regexp.MustCompile(`http://127\.0\.0\.1:\d+/\?token=[0-9a-f]{64}`).FindString(string(buf[:n]))
	require.NotEmpty(t, address, "%s", buf[:n])
	require.Contains(t, string(buf[:n]), "Ctrl-C stops it")

	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, CheckRedirect: stay}
	res, err := client.Get(address)
	require.NoError(t, err)
	require.NoError(t, res.Body.Close())
	require.Equal(t, http.StatusSeeOther, res.StatusCode)
	cancel()
	require.NoError(t, <-ended)
	rest, err := io.ReadAll(read)
	require.NoError(t, err)
	require.NotContains(t, string(rest), "browser", "a pipe is not a terminal: nothing is opened")
	require.NoError(t, read.Close())
}

// The launcher is told a file's name and never the token; the file is its owner's
// only, leads to the notebook, and is gone afterwards.
func TestOpenBrowser(t *testing.T) {
	dir := t.TempDir()
	fifo := filepath.Join(dir, "told")
	require.NoError(t, syscall.Mkfifo(fifo, 0o600))
	launcher := filepath.Join(dir, "launcher")
	require.NoError(t, os.WriteFile(launcher, fmt.Appendf(nil, "#!/bin/sh\necho \"$@\" > %s\n", fifo), 0o700))

	const address = "http://127.0.0.1:8787/?token=0123456789"
	remove, err := openBrowser(address, launcher)
	require.NoError(t, err)
	told, err := os.ReadFile(fifo)
	require.NoError(t, err)
	require.NotContains(t, string(told), "0123456789")
	file, ok := strings.CutPrefix(strings.TrimSpace(string(told)), "file://")
	require.True(t, ok, "%s", told)
	info, err := os.Stat(file)
	require.NoError(t, err)
	require.Equal(t, fs.FileMode(0o600), info.Mode())
	page, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Contains(t, string(page), `content="0; url=`+address+`"`)
	remove()
	require.NoFileExists(t, file)

	remove, err = openBrowser(address, filepath.Join(dir, "missing"))
	require.ErrorIs(t, err, fs.ErrNotExist)
	remove()
	left, err := filepath.Glob(filepath.Join(os.TempDir(), "gopark-*.html"))
	require.NoError(t, err)
	require.NotContains(t, left, file)
}
