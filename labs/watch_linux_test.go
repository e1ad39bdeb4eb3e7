package labs

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

// seat is a terminal at which a process of this test sits.
type seat struct {
	master, slave *os.File
	cmd           *exec.Cmd
	before        unix.Termios

	mu    sync.Mutex
	more  *sync.Cond
	text  bytes.Buffer // all that it has written
	ended bool         // and it will not write any more
}

// sit starts a role at a terminal of its own.
func sit(t *testing.T, role string, args ...string) *seat {
	t.Helper()
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	require.NoError(t, err)
	require.NoError(t, unix.IoctlSetPointerInt(int(master.Fd()), unix.TIOCSPTLCK, 0))
	n, err := unix.IoctlGetInt(int(master.Fd()), unix.TIOCGPTN)
	require.NoError(t, err)
	slave, err := os.OpenFile(fmt.Sprint("/dev/pts/", n), os.O_RDWR|unix.O_NOCTTY, 0)
	require.NoError(t, err)
	require.NoError(t, unix.IoctlSetWinsize(int(slave.Fd()), unix.TIOCSWINSZ, &unix.Winsize{Row: 40, Col: 100}))
	s := &seat{master: master, slave: slave, cmd: actor(t, role, args...)}
	s.more = sync.NewCond(&s.mu)
	s.before = s.settings(t)
	s.cmd.Stdin, s.cmd.Stdout, s.cmd.Stderr = slave, slave, slave
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	require.NoError(t, s.cmd.Start())
	read := make(chan struct{})
	go func() {
		defer close(read)
		_, _ = io.Copy(s, master) // until nobody has the other side
		s.mu.Lock()
		defer s.mu.Unlock()
		s.ended = true
		s.more.Broadcast()
	}()
	t.Cleanup(func() {
		_ = s.cmd.Process.Kill()
		_ = s.cmd.Wait()
		slave.Close()
		<-read
		master.Close()
	})
	return s
}

func (s *seat) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.more.Broadcast()
	return s.text.Write(p)
}

func (s *seat) settings(t *testing.T) unix.Termios {
	t.Helper()
	now, err := unix.IoctlGetTermios(int(s.slave.Fd()), unix.TCGETS)
	require.NoError(t, err)
	return *now
}

// until waits for the process to write text, and takes away all up to its end.
func (s *seat) until(t *testing.T, text string) {
	t.Helper()
	late := time.AfterFunc(2*time.Minute, func() { _ = s.cmd.Process.Kill(); s.slave.Close() })
	defer late.Stop()
	s.mu.Lock()
	defer s.mu.Unlock()
	for {
		if i := strings.Index(s.text.String(), text); i >= 0 {
			s.text.Next(i + len(text))
			return
		}
		if s.ended {
			t.Fatalf("%q was not written, but:\n%q", text, s.text.String())
		}
		s.more.Wait()
	}
}

func (s *seat) press(t *testing.T, keys string) {
	t.Helper()
	_, err := s.master.Write([]byte(keys))
	require.NoError(t, err)
}

// leave waits for the end of the process and demands that the terminal is what it was.
// It returns the exit status and what was written after the screen was given back.
func (s *seat) leave(t *testing.T) (status int, last string) {
	t.Helper()
	late := time.AfterFunc(time.Minute, func() { _ = s.cmd.Process.Signal(syscall.SIGQUIT) })
	defer late.Stop()
	err := s.cmd.Wait()
	exit, failed := errors.AsType[*exec.ExitError](err)
	require.True(t, err == nil || failed, err)
	require.Equal(t, s.before, s.settings(t), "the terminal's settings are as before")
	s.until(t, leaveScreen)
	require.NoError(t, s.slave.Close())
	s.mu.Lock()
	defer s.mu.Unlock()
	for !s.ended {
		s.more.Wait()
	}
	if failed {
		status = exit.ExitCode()
	}
	return status, s.text.String()
}

// A whole session with the real judge.
func TestWatchAtATerminal(t *testing.T) {
	w := begin(t)
	s := sit(t, "lab", "watch")
	s.until(t, enterScreen)
	s.until(t, "firsterr: The first error wins")
	s.until(t, "ASSERT")
	s.until(t, "the tasks ran one after another")
	require.NotEqual(t, s.before, s.settings(t), "the control: it has changed them")

	s.press(t, "h")
	s.until(t, "Hint 1: ")
	s.press(t, "h")
	s.until(t, "Hint 2: ")
	s.press(t, "l")
	s.until(t, "> firsterr")
	s.press(t, "a")
	s.until(t, "firsterr has not been passed: gopark lab hint firsterr")

	save(t, w, read(t, "labs/firsterr/testdata/wrong/senders.go"))
	s.until(t, "LEAK")
	s.press(t, "r")
	s.until(t, "u brings your answer back")
	s.until(t, "ASSERT")
	s.press(t, "u")
	s.until(t, "LEAK")
	require.Equal(t, read(t, "labs/firsterr/testdata/wrong/senders.go"), read(t, w.answer(firsterr)))

	s.press(t, "q")
	status, last := s.leave(t)
	require.Zero(t, status)
	require.Empty(t, last)
}

func TestWatchGivesTheTerminalBackAfterSIGTERM(t *testing.T) {
	module(t)
	s := sit(t, "lab", "watch")
	s.until(t, "not begun: Enter begins it")
	require.NoError(t, s.cmd.Process.Signal(syscall.SIGTERM))
	status, last := s.leave(t)
	require.Zero(t, status)
	require.Empty(t, last)
}

// What panics here is not the goroutine that has the terminal.
func TestWatchGivesTheTerminalBackAfterAPanic(t *testing.T) {
	for role, keys := range map[string]string{"crash": "", "crash all": "c"} {
		t.Run(role, func(t *testing.T) {
			begin(t)
			s := sit(t, role)
			s.until(t, "firsterr: ")
			s.press(t, keys)
			status, last := s.leave(t)
			require.Equal(t, 2, status)
			require.Contains(t, last, "the judge has lost his head")
			require.Contains(t, last, "main_test.go:", "with the place")
		})
	}
}

// The answer hangs, holding the writing end of a pipe, when Ctrl-C is pressed. Its end
// is the end of the pipe.
func TestCtrlCLeavesNoProcess(t *testing.T) {
	w := begin(t)
	temporary := t.TempDir()
	t.Setenv("TMPDIR", temporary)
	pipe := filepath.Join(t.TempDir(), "pipe")
	require.NoError(t, unix.Mkfifo(pipe, 0o600))
	write(t, w.answer(firsterr), fmt.Sprintf(`package firsterr

import (
	"context"
	"os"
)

// Run does nothing, and does not end.
func Run(context.Context, ...Task) error {
	f, err := os.OpenFile(%q, os.O_WRONLY, 0)
	if err != nil {
		panic(err)
	}
	f.WriteString("I am here\n")
	for {
	}
}
`, pipe))
	s := sit(t, "lab", "watch")
	f, err := os.OpenFile(pipe, os.O_RDONLY, 0) // until there is one who writes
	require.NoError(t, err)
	defer f.Close()
	said := make([]byte, len("I am here\n"))
	_, err = io.ReadFull(f, said)
	require.NoError(t, err)

	s.press(t, "\x03")
	pressed := time.Now()
	status, last := s.leave(t)
	t.Logf("gone %v after Ctrl-C", time.Since(pressed))
	require.Zero(t, status)
	require.Empty(t, last)
	_, err = io.ReadAll(f)
	require.NoError(t, err, "nobody holds the other end")
	left, err := os.ReadDir(temporary)
	require.NoError(t, err)
	require.Empty(t, left)
}
