package child

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// maxRSSUnit is the unit of Rusage.Maxrss in bytes.
const maxRSSUnit = 1024

// siginfo is siginfo_t as waitid fills it.
type siginfo struct {
	signo, errno, code int32
	_                  [unsafe.Sizeof(uintptr(0))/4 - 1]int32 // the union that follows is aligned to a pointer
	pid                int32
	_                  [128]byte
}

// Supported returns nil if processes can be contained here, or says what is missing.
func Supported() error {
	if _, err := os.Stat("/proc/self/stat"); err != nil {
		return fmt.Errorf("contain processes: /proc is not mounted: %w", err)
	}
	return nil
}

// becomeSubreaper makes whatever loses its parent below this process a child of
// this process.
func becomeSubreaper() error {
	return unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
}

// processAttr puts the process into a group of its own, and has it killed should
// the supervisor be killed.
func processAttr() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}

// executable names the running binary, even if another one has taken its place on
// disk since.
func executable() (string, error) { return "/proc/self/exe", nil }

// keepDescriptors keeps the descriptors of this process to itself, also those that
// it was given without knowing: what it starts gets those that it is handed.
func keepDescriptors() {
	if unix.CloseRange(fdControl, math.MaxInt32, unix.CLOSE_RANGE_CLOEXEC) == nil {
		return
	}
	for fd := fdControl; fd <= fdReport; fd++ { // before Linux 5.11
		syscall.CloseOnExec(fd)
	}
}

// children lists the direct children of this process, dead ones that have not been
// reaped included.
//
// It misses none, provided that none is reaped meanwhile and that no thread ends:
// the supervisor sees to the former, and its threads never end.
func children() []int {
	lists, _ := filepath.Glob("/proc/self/task/*/children")
	var pids []int
	for _, list := range lists {
		text, _ := os.ReadFile(list)
		for field := range strings.FieldsSeq(string(text)) {
			if pid, err := strconv.Atoi(field); err == nil {
				pids = append(pids, pid)
			}
		}
	}
	if len(pids) == 0 { // or the kernel has no such lists
		return childrenByParent()
	}
	return pids
}

// childrenByParent is slower than children, and makes no conditions.
func childrenByParent() []int {
	self := os.Getpid()
	entries, _ := os.ReadDir("/proc")
	var pids []int
	for _, entry := range entries {
		if pid, err := strconv.Atoi(entry.Name()); err == nil && parent(pid) == self {
			pids = append(pids, pid)
		}
	}
	return pids
}

// parent returns the parent of pid, or 0 if there is no such process.
func parent(pid int) int {
	_, ppid := stat(pid)
	return ppid
}

// dead reports whether pid has ended, reaped or not.
func dead(pid int) bool {
	state, _ := stat(pid)
	return state == "" || state == "Z" || state == "X"
}

// stat returns the state and the parent of pid, or "" and 0 if there is no such process.
func stat(pid int) (state string, ppid int) {
	text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	// PID (NAME) STATE PARENT ...: a name may contain spaces and parentheses.
	fields := strings.Fields(string(text[bytes.LastIndexByte(text, ')')+1:]))
	if len(fields) < 2 {
		return "", 0
	}
	ppid, _ = strconv.Atoi(fields[1])
	return fields[0], ppid
}

// sweep ends what has become a child of this process because its supervisor was
// killed. It reaps by pid, never whatever comes first: other children belong to
// others. It returns how the process itself ended, if it was there to be reaped, and
// an error if there is something that it may not kill.
func sweep(token string, process int) (end *os.ProcessState, err error) {
	for found := true; found; {
		found, err = false, nil
		for _, pid := range childrenByParent() {
			p, findErr := os.FindProcess(pid)
			if findErr != nil || parent(pid) != os.Getpid() || !belongs(pid, token, process) {
				continue // belongs asked after p has got hold of it: pid cannot come to mean another
			}
			if killErr := p.Kill(); killErr != nil && !errors.Is(killErr, os.ErrProcessDone) {
				err = errors.Join(err, fmt.Errorf("kill leftover process %d: %w", pid, killErr))
				continue
			}
			found = true
			if state, waitErr := p.Wait(); waitErr == nil && pid == process {
				end = state
			}
		}
	}
	return end, err
}

// belongs reports whether pid is part of the run with this token. It is if it
// carries the run's mark, or its token in the environment, or is in the group of
// its process. Any one of these may be missing: a mark cannot be set where the
// limit that carries it is in use, a program may clear its environment, and leave
// its group; the dead have no environment.
func belongs(pid int, token string, process int) bool {
	if pid == process {
		return true
	}
	if group, err := syscall.Getpgid(pid); err == nil && group == process && process != 0 {
		return true
	}
	var limit unix.Rlimit
	if err := unix.Prlimit(pid, unix.RLIMIT_RTTIME, nil, &limit); err == nil && limit.Max == mark(token) {
		return true
	}
	environ, _ := os.ReadFile(fmt.Sprintf("/proc/%d/environ", pid))
	for variable := range bytes.SplitSeq(environ, []byte{0}) {
		if run, ok := bytes.CutPrefix(variable, []byte(envRun+"=")); ok {
			return bytes.Contains(run, []byte(token))
		}
	}
	return false
}
