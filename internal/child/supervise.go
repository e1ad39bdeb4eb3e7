package child

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime"
	"sync"
	"syscall"
	"time"
)

// supervisor is the whole state of a supervising process.
type supervisor struct {
	control *os.File
	status  *json.Encoder
	started time.Time
	pid     int           // of the process
	seen    chan struct{} // closed when the other side has a handle to the process, or is gone

	mu     sync.Mutex
	reaped bool // the process: its pid means nothing any more
}

// supervise runs one process to its end and leaves nothing of it behind. It does
// not return.
//
// It ends by syscall.Exit: os.Exit would run the exit hooks of the race detector
// and of coverage, which have nothing to say about a supervisor. Any status but 0 has
// the other side sweep up.
func supervise() {
	// Pdeathsig is tied to the thread that starts the process, not to this process
	// (golang/go#27505): the thread must stay. This goroutine does all the starting
	// and waiting, and never ends.
	runtime.LockOSThread()
	keepDescriptors()
	catchSignals()

	s := &supervisor{
		control: os.NewFile(fdControl, "control"),
		status:  json.NewEncoder(os.NewFile(fdStatus, "status")),
		seen:    make(chan struct{}),
	}
	p, err := readPlan(s.control)
	if err != nil {
		if !errors.Is(err, io.EOF) { // EOF: our parent died before it could say what to do
			fmt.Fprintln(os.Stderr, "gopark: error: supervise:", err)
		}
		syscall.Exit(2)
	}
	if err := s.start(p); err != nil {
		errno, _ := errors.AsType[syscall.Errno](err)
		s.tell(record{Kind: kindFailed, Failure: &failure{Text: err.Error(), Errno: errno}})
		syscall.Exit(0)
	}
	go s.obey()
	s.wait()
	syscall.Exit(0)
}

// catchSignals leaves it to the other end of the control pipe when a supervisor goes.
//
// These are the signals that would end or stop a Go program that wants to know
// nothing about signals. They are caught, not ignored: what is ignored here would be
// ignored in the process as well, what is caught is back at its default there.
//
// Not all signals, for which an empty list stands: each costs two switches of
// threads (runtime.sigenable), and together they doubled the time of a start.
func catchSignals() {
	signal.Notify(make(chan os.Signal, 1),
		syscall.SIGHUP, syscall.SIGINT, syscall.SIGQUIT, syscall.SIGTERM,
		syscall.SIGTSTP, syscall.SIGTTIN, syscall.SIGTTOU)
}

// start starts the process and tells its pid.
func (s *supervisor) start(p plan) error {
	if err := becomeSubreaper(); err != nil {
		return fmt.Errorf("become a child subreaper: %w", err)
	}
	s.started = time.Now()
	pid, err := startLimited(p, &syscall.ProcAttr{
		Dir:   p.Dir,
		Env:   p.Env,
		Files: []uintptr{0, 1, 2, fdReport},
		Sys:   processAttr(),
	})
	if err != nil {
		return fmt.Errorf("execute %s: %w", p.Path, err)
	}
	s.pid = pid
	s.tell(record{Kind: kindStarted, PID: pid})
	return nil
}

// tell does not fail: if nobody reads, the control pipe has ended as well.
func (s *supervisor) tell(r record) { _ = s.status.Encode(r) }

// obey does what the control pipe says. At its end it kills the process, which
// wait notices. It may touch nothing else: only wait knows which pids are still
// ours.
func (s *supervisor) obey() {
	seen := sync.OnceFunc(func() { close(s.seen) })
	var command [1]byte
	for {
		_, err := s.control.Read(command[:])
		switch {
		case err != nil:
			seen()
			s.signal(s.pid, syscall.SIGKILL)
			return
		case command[0] == controlSeen:
			seen()
		case command[0] == controlQuit:
			s.signal(-s.pid, syscall.SIGQUIT)
		}
	}
}

// signal sends sig to pid, which is the process or its group, unless it has been
// reaped.
func (s *supervisor) signal(pid int, sig syscall.Signal) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.reaped {
		_ = syscall.Kill(pid, sig)
	}
}

// wait reaps until there is nothing left to reap: first whatever dies while the
// process lives, then, once it is dead, everything that it left.
func (s *supervisor) wait() {
	for hasChildren() {
		if s.reaped {
			// What one of these leaves becomes our child before its own end wakes us
			// again: so none is missed for good.
			for _, pid := range children() {
				_ = syscall.Kill(pid, syscall.SIGKILL)
			}
		}
		c, err := awaitChange()
		switch {
		case err != nil:
			syscall.Exit(2)
		case c.ended && c.pid == s.pid:
			s.reapProcess()
		case c.ended:
			_, _ = syscall.Wait4(c.pid, nil, syscall.WNOHANG, nil)
		default:
			if kind := takeChange(c.pid); c.pid == s.pid && kind != "" {
				s.tell(record{Kind: kind})
			}
		}
	}
}

// reapProcess takes the process's status, which is there to be taken, and tells it.
func (s *supervisor) reapProcess() {
	left := s.left()
	// As long as the process is not reaped, its pid, and with it the number of its
	// group, cannot be given to anything else. A signal to a group reaches every
	// member at once: no member can fork its way past it.
	_ = syscall.Kill(-s.pid, syscall.SIGKILL)
	wall := time.Since(s.started)
	<-s.seen

	s.mu.Lock()
	defer s.mu.Unlock()
	var status syscall.WaitStatus
	var usage syscall.Rusage
	if pid, err := syscall.Wait4(s.pid, &status, syscall.WNOHANG, &usage); err != nil || pid != s.pid {
		return
	}
	s.reaped = true
	s.tell(record{
		Kind: kindExited, Status: uint32(status), Wall: wall,
		User: time.Duration(usage.Utime.Nano()), System: time.Duration(usage.Stime.Nano()),
		MaxRSS: int64(usage.Maxrss) * maxRSSUnit,
		Left:   left,
	})
}

// left counts what the dead process has left alive. Its orphans were our children before
// its end could be seen: the kernel gives them away first (do_exit, exit_notify).
func (s *supervisor) left() int {
	alive := 0
	for _, pid := range children() {
		if pid != s.pid && !dead(pid) {
			alive++
		}
	}
	return alive
}
