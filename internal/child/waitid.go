package child

import (
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// change is what has happened to a child: it ended, was stopped or was continued.
type change struct {
	pid   int
	ended bool
}

// Values of siginfo_t.si_code for SIGCHLD, the same on Linux and macOS.
const (
	cldDumped    = 3 // the last of those that mean an end
	cldStopped   = 5
	cldContinued = 6
)

const (
	idAll = 0 // P_ALL
	idPID = 1 // P_PID
)

// hasChildren reports whether any child has not been reaped.
func hasChildren() bool {
	_, err := waitid(idAll, 0, unix.WEXITED|unix.WNOHANG|unix.WNOWAIT)
	return err == nil
}

// awaitChange blocks until something has happened to any child, and leaves it to
// be taken: by wait4 if the child ended, otherwise by takeChange.
func awaitChange() (change, error) {
	info, err := waitid(idAll, 0, unix.WEXITED|unix.WSTOPPED|unix.WCONTINUED|unix.WNOWAIT)
	return change{pid: int(info.pid), ended: info.code <= cldDumped}, err
}

// takeChange takes a stop or a continuation of the child pid, never its end, and
// says which it was; "" if there was nothing to take.
func takeChange(pid int) kind {
	info, err := waitid(idPID, pid, unix.WSTOPPED|unix.WCONTINUED|unix.WNOHANG)
	switch {
	case err != nil:
	case info.code == cldStopped:
		return kindStopped
	case info.code == cldContinued:
		return kindContinued
	}
	return ""
}

// waitid is not in package syscall, and the one in x/sys/unix keeps the pid to
// itself.
func waitid(idType, id, options int) (siginfo, error) {
	var info siginfo
	for {
		_, _, errno := syscall.Syscall6(syscall.SYS_WAITID, uintptr(idType), uintptr(id), uintptr(unsafe.Pointer(&info)), uintptr(options), 0, 0)
		switch errno {
		case 0:
			return info, nil
		case syscall.EINTR:
		default:
			return info, errno
		}
	}
}
