package child

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/internal/hint"
)

func TestExitStatus(t *testing.T) {
	for arg, want := range map[string]int{"0": 0, "3": 3, "255": 255, "256": 0, "300": 44, "-1": 255} {
		s, _ := run(t, Spec{Body: "exit", Arg: []byte(arg)})
		require.Equal(t, want, s.Exit, "os.Exit(%s)", arg)
		require.Empty(t, s.Signal)
		require.Equal(t, None, s.Limit)
		require.Empty(t, s.Reason)
	}
	s, r := run(t, Spec{Body: "panic"})
	require.Equal(t, 2, s.Exit)
	require.True(t, strings.HasPrefix(r.err.String(), "panic: deliberate"), r.err.String())
	require.Empty(t, r.out.String())
}

func TestSignalStatus(t *testing.T) {
	for sig, name := range map[string]string{"USR1": "SIGUSR1", "40": "signal 40"} { // Go programs survive these
		s, _ := run(t, Spec{Path: "sh", Args: []string{"-c", "kill -" + sig + " $$"}})
		require.Equal(t, name, s.Signal)
	}
	for sig, name := range map[syscall.Signal]string{
		syscall.SIGKILL: "SIGKILL", syscall.SIGTERM: "SIGTERM", syscall.SIGHUP: "SIGHUP",
	} {
		byItself, _ := run(t, Spec{Body: "signal", Arg: []byte(strconv.Itoa(int(sig)))})
		var r recording
		p := r.start(t, Spec{Body: "ready"})
		r.line(t, p)
		require.NoError(t, p.Signal(sig))
		byUs := end(t, p)
		for _, s := range []Status{byItself, byUs} {
			require.Equal(t, -1, s.Exit)
			require.Equal(t, name, s.Signal)
			require.Equal(t, None, s.Limit, s.Reason)
			require.False(t, s.Core)
		}
	}
}

func TestHandsOver(t *testing.T) {
	for _, arg := range []string{"", "one", "a\x00b\n", strings.Repeat("\xff", maxArg)} {
		s, r := run(t, Spec{Body: "echo", Arg: []byte(arg)})
		require.Equal(t, 0, s.Exit)
		require.Equal(t, "out "+arg, r.out.String())
		require.Equal(t, "err "+arg, r.err.String())
		require.Equal(t, []string{"echo " + strconv.Itoa(len(arg))}, r.rest())
	}
}

func TestReportArrivesInOrder(t *testing.T) {
	const n = 50_000
	_, r := run(t, Spec{Body: "lines", Arg: []byte(strconv.Itoa(n))})
	got := r.rest()
	require.Len(t, got, n)
	for i, line := range got {
		require.Equal(t, strconv.Itoa(i), line)
	}
}

func TestTornLineIsDropped(t *testing.T) {
	_, r := run(t, Spec{Body: "torn"})
	require.Equal(t, []string{"whole"}, r.rest())
}

func TestCallbacksDoNotOverlap(t *testing.T) {
	var entered sync.Mutex
	once := func() {
		if !entered.TryLock() {
			t.Error("called while another call was running")
			return
		}
		entered.Unlock()
	}
	s, err := Run(t.Context(), Spec{
		Path: "sh", Args: []string{"-c", "for i in 1 2 3 4 5 6 7 8; do echo o; echo e >&2; echo r >&3; done"},
		Output:   func(Stream, []byte) { once() },
		Reported: func(string) { once() },
	})
	require.NoError(t, err)
	require.Equal(t, 0, s.Exit)
}

func TestPath(t *testing.T) {
	dir, err := filepath.EvalSymlinks(t.TempDir())
	require.NoError(t, err)
	s, r := run(t, Spec{
		Path: "sh", Args: []string{"-c", "pwd; echo $0 $1; cat; echo line >&3; exit 7", "zero", "one"}, Dir: dir,
	})
	require.Equal(t, 7, s.Exit)
	require.Equal(t, dir+"\nzero one\n", r.out.String(), "and an empty standard input")
	require.Equal(t, []string{"line"}, r.rest())
}

func TestUsage(t *testing.T) {
	s, _ := run(t, Spec{Body: "allocate", Arg: []byte("100")})
	require.Equal(t, 0, s.Exit)
	require.Greater(t, s.MaxRSS, int64(100<<20))
	require.Less(t, s.MaxRSS, int64(1<<30))
	require.Positive(t, s.User+s.System)
	require.Positive(t, s.Wall)
}

func TestWaitTwice(t *testing.T) {
	var r recording
	p := r.start(t, Spec{Body: "exit", Arg: []byte("5")})
	first := end(t, p)
	require.Equal(t, 5, first.Exit)
	require.Equal(t, first, end(t, p))
}

func TestWhatCannotBeStarted(t *testing.T) {
	dir := t.TempDir()
	garbage := filepath.Join(dir, "garbage")
	require.NoError(t, os.WriteFile(garbage, []byte{1, 2, 3}, 0o700))
	plain := filepath.Join(dir, "plain")
	require.NoError(t, os.WriteFile(plain, nil, 0o600))

	for name, c := range map[string]struct {
		spec Spec
		is   error
	}{
		"missing name":      {Spec{Path: "no-such-program"}, exec.ErrNotFound},
		"missing file":      {Spec{Path: "/no/such/program"}, fs.ErrNotExist},
		"missing directory": {Spec{Path: "true", Dir: filepath.Join(dir, "none")}, fs.ErrNotExist},
		"not a directory":   {Spec{Path: "true", Dir: plain}, syscall.ENOTDIR},
		"not executable":    {Spec{Path: plain}, fs.ErrPermission},
		"not a program":     {Spec{Path: garbage}, syscall.ENOEXEC},
		"too much argument": {Spec{Body: "echo", Arg: make([]byte, maxArg+1)}, errArg},
	} {
		t.Run(name, func(t *testing.T) {
			p, err := Start(t.Context(), c.spec)
			require.ErrorIs(t, err, c.is)
			require.Nil(t, p)
			require.NotEmpty(t, hint.Of(err), err)
		})
	}

	cause := errors.New("changed my mind")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(cause)
	_, err := Start(ctx, Spec{Path: "true"})
	require.ErrorIs(t, err, cause)

	require.Panics(t, func() { _, _ = Start(t.Context(), Spec{}) })
	require.Panics(t, func() { _, _ = Start(t.Context(), Spec{Path: "true", Body: "echo"}) })
}

func TestStartWithoutMainIsMisuse(t *testing.T) {
	mainCalled = false
	defer func() { mainCalled = true }()
	require.Panics(t, func() { _, _ = Start(t.Context(), Spec{Path: "true"}) })
}

func TestNested(t *testing.T) {
	s, r := run(t, Spec{Body: "nested", Arg: []byte("hello")})
	require.Equal(t, 0, s.Exit)
	require.Contains(t, r.out.String(), "out hello")
	require.Equal(t, []string{"echo 5"}, r.rest())
}

func TestParallel(t *testing.T) {
	var wg sync.WaitGroup
	for i := range 64 {
		wg.Go(func() {
			var lines []string
			s, err := Run(t.Context(), Spec{
				Body: "echo", Arg: make([]byte, i), Limits: Limits{Wall: hang},
				Reported: func(line string) { lines = append(lines, line) },
			})
			if err != nil || s.Exit != 0 || len(lines) != 1 || lines[0] != "echo "+strconv.Itoa(i) {
				t.Errorf("run %d: %+v, %v, %q", i, s, err, lines)
			}
		})
	}
	wg.Wait()
}
