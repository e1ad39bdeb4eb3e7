package child

import (
	"errors"
	"os"
	"syscall"

	"lab.example/gopark/internal/hint"
)

// maxRSSUnit is the unit of Rusage.Maxrss in bytes.
const maxRSSUnit = 1

// siginfo is siginfo_t as waitid fills it.
type siginfo struct {
	signo, errno, code, pid int32
	_                       [128]byte
}

// Supported returns nil if processes can be contained here, or says what is missing.
func Supported() error {
	return hint.With(errors.New("contain processes: macOS has no child subreapers"),
		"what a process leaves behind in its own group is killed, what leaves the group is not: use Linux for programs that you do not trust")
}

func becomeSubreaper() error { return nil }

func processAttr() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }

func executable() (string, error) { return os.Executable() }

// startLimited starts p. Of the limits, only those hold that macOS enforces:
// RLIMIT_CORE and RLIMIT_FSIZE.
func startLimited(p plan, attr *syscall.ProcAttr) (pid int, err error) {
	for resource, limit := range map[int]uint64{syscall.RLIMIT_CORE: 0, syscall.RLIMIT_FSIZE: uint64(p.File)} {
		if err := syscall.Setrlimit(resource, &syscall.Rlimit{Cur: limit, Max: limit}); err != nil {
			return 0, err
		}
	}
	return syscall.ForkExec(p.Path, p.Args, attr)
}

func keepDescriptors() {
	for fd := fdControl; fd <= fdReport; fd++ {
		syscall.CloseOnExec(fd)
	}
}

// children is empty: nothing becomes the child of a supervisor but the process.
func children() []int { return nil }

// dead is asked about children only, and there are none.
func dead(int) bool { return true }

// sweep ends the process and its group, after their supervisor was killed. They
// are not children of this process, so their end cannot be learnt.
func sweep(_ string, process int) (*os.ProcessState, error) {
	if process == 0 {
		return nil, nil
	}
	if err := syscall.Kill(-process, syscall.SIGKILL); err != nil && !errors.Is(err, syscall.ESRCH) {
		return nil, err
	}
	return nil, nil
}
