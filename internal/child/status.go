package child

import (
	"fmt"
	"syscall"

	"golang.org/x/sys/unix"
)

// status makes out how the process ended, after it has.
func (p *Process) status() Status {
	var s Status
	switch {
	case p.exit != nil:
		s.setEnd(syscall.WaitStatus(p.exit.Status))
		s.Wall, s.User, s.System, s.MaxRSS = p.exit.Wall, p.exit.User, p.exit.System, p.exit.MaxRSS
		s.Left = p.exit.Left
	case p.adopted != nil:
		s.setEnd(p.adopted.Sys().(syscall.WaitStatus))
		s.User, s.System = p.adopted.UserTime(), p.adopted.SystemTime()
		s.MaxRSS = int64(p.adopted.SysUsage().(*syscall.Rusage).Maxrss) * maxRSSUnit
	default:
		s.Exit, s.Signal = -1, "SIGKILL" // by the kernel, when the supervisor died
	}
	if s.Wall == 0 {
		s.Wall = p.lasted
	}
	s.Limit, s.Reason = p.tally.verdict()
	switch {
	case p.tally.memory.found && s.Exit != 0:
		s.Limit, s.Reason = Memory, fmt.Sprintf("stopped: it asked for more than %s of memory", size(p.spec.Limits.Memory))
	case s.Limit != None:
	case s.Signal == "SIGXFSZ":
		s.Limit, s.Reason = File, fmt.Sprintf("stopped: it wrote a file of more than %s", size(p.spec.Limits.File))
	case p.exit == nil:
		s.Limit, s.Reason = Unsupervised, "stopped: its supervisor was killed, most likely by the process itself"
	}
	return s
}

func (s *Status) setEnd(w syscall.WaitStatus) {
	if w.Exited() {
		s.Exit, s.Signal = w.ExitStatus(), ""
		return
	}
	s.Exit, s.Core = -1, w.CoreDump()
	if s.Signal = unix.SignalName(w.Signal()); s.Signal == "" {
		s.Signal = fmt.Sprintf("signal %d", w.Signal())
	}
}
