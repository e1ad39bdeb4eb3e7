package plain

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/internal/child"
	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/experiment/experimenttest"
)

func TestMain(m *testing.M) { experimenttest.Main(m) }

const source = `package main

import (
	"fmt"
	"os"
	"time"
)

func main() {
	fmt.Println(os.Args[1:])
	fmt.Fprintln(os.NewFile(3, "report"), "ready")
	if len(os.Args) > 1 {
		time.Sleep(time.Hour)
	}
	fmt.Fprint(os.Stderr, "one\ntwo\n")
	os.Exit(5)
}
`

func build(t *testing.T, source string) (*Program, error) {
	if err := (experiment.Needs{Toolchain: true}).Met(); err != nil {
		t.Skip(err)
	}
	return Build(t.Context(), []byte(source), nil)
}

func TestProgram(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	p, err := build(t, source)
	require.NoError(t, err)
	if runtime.GOOS == "linux" {
		left, err := filepath.Glob(filepath.Join(os.TempDir(), "*"))
		require.NoError(t, err)
		require.Empty(t, left, "files while the program exists")
	}

	end, err := p.Run(t.Context())
	require.NoError(t, err)
	require.Equal(t, experiment.Ending{Exit: 5, Stdout: []string{"[]"}, Stderr: []string{"one", "two"}}, end)

	process, err := p.Start(t.Context(), "wait", "long")
	require.NoError(t, err)
	require.NoError(t, process.Await(t.Context(), "ready"))
	require.NoError(t, process.Signal(syscall.SIGKILL))
	require.ErrorContains(t, process.Await(t.Context(), "never"), `await "never": the program has ended`)
	require.NoError(t, process.Await(t.Context(), "ready"), "what was said stays said")
	end, err = process.Ending()
	require.NoError(t, err)
	require.Equal(t, experiment.Ending{Exit: -1, Signal: "SIGKILL", Stdout: []string{"[wait long]"}}, end)

	require.NoError(t, p.Close())
	_, err = p.Start(t.Context())
	require.Error(t, err, "a closed program runs")
}

func TestLimitIsUnmet(t *testing.T) {
	p, err := build(t, source)
	require.NoError(t, err)
	defer p.Close()
	process, err := Start(t.Context(), child.Spec{Path: p.Path, Args: []string{"wait"}, Limits: child.Limits{Wall: 1}})
	require.NoError(t, err)
	_, err = process.Ending()
	require.ErrorIs(t, err, experiment.ErrUnmet)
}

func TestBrokenSourceIsUnmet(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	_, err := build(t, "package main\nfunc main() { nothing() }\n")
	require.ErrorIs(t, err, experiment.ErrUnmet)
	require.ErrorContains(t, err, "undefined: nothing")
	left, err := filepath.Glob(filepath.Join(os.TempDir(), "*"))
	require.NoError(t, err)
	require.Empty(t, left, "files after a build that failed")
}

func TestGoRun(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	if err := (experiment.Needs{Toolchain: true}).Met(); err != nil {
		t.Skip(err)
	}
	end, err := GoRun(t.Context(), []byte(source))
	require.NoError(t, err)
	require.EqualValues(t, 1, end.Exit)
	require.Equal(t, []string{"one", "two", "exit status 5"}, end.Stderr)
	left, err := filepath.Glob(filepath.Join(os.TempDir(), "*"))
	require.NoError(t, err)
	require.Empty(t, left)
}

func TestResting(t *testing.T) {
	for text, want := range map[string]bool{
		"202 0x5a0f68 0x80 0x0 0x0 0x0 0x0 0x7ffd1d3 0x481683\n":  true, // futex, where it is 202
		"0 0x3 0xc000012345 0x1 0x0 0x0 0x0 0x7ffd1d3 0x481683\n": true,
		"running\n":             false,
		"-1 0x7ffd1d3 0x4816\n": false,
		"":                      false,
		fmt.Sprintf("%d 0x7f 0x0 0x0 0x0 0x0 0x0 0x7f 0x48\n", nanosleep): false,
	} {
		require.Equal(t, want, resting(text), text)
	}
}

// TestRest holds that a process which waits is found at rest, and that one which computes
// is not: its rest is seen at its end.
func TestRest(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("needs Linux")
	}
	p, err := build(t, `package main

import (
	"os"
	"time"
)

func main() {
	if len(os.Args) > 1 {
		time.Sleep(time.Hour)
	}
	for start := time.Now(); time.Since(start) < 20*time.Millisecond; {
	}
}
`)
	require.NoError(t, err)
	defer p.Close()
	for args, want := range map[string]string{"": "", "wait": "S"} {
		process, err := p.Start(t.Context(), strings.Fields(args)...)
		require.NoError(t, err)
		states, err := process.Rest(t.Context())
		require.NoError(t, err)
		require.Equal(t, want, states)
		_ = process.Signal(syscall.SIGKILL)
		_, err = process.Ending()
		require.NoError(t, err)
	}
}

func TestCancelledIsNotUnmet(t *testing.T) {
	if err := (experiment.Needs{Toolchain: true}).Met(); err != nil {
		t.Skip(err)
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	gone := errors.New("the reader has gone")
	cancel(gone)
	_, err := Build(ctx, []byte(source), nil)
	require.ErrorIs(t, err, gone)
	require.NotErrorIs(t, err, experiment.ErrUnmet)
}

func TestOldFoldersAreRemoved(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	made, err := folder([]byte(source))
	require.NoError(t, err)
	second, err := folder([]byte(source))
	require.NoError(t, err)
	require.DirExists(t, made, "somebody may be building there")
	long := time.Now().Add(-time.Hour)
	require.NoError(t, os.Chtimes(made, long, long))
	_, err = folder([]byte(source))
	require.NoError(t, err)
	require.NoDirExists(t, made)
	require.DirExists(t, second)
}
