package mailbox

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"syscall"

	"golang.org/x/sys/unix"

	"lab.example/gopark/internal/child"
	"lab.example/gopark/internal/experiment"
)

// outsideVariable says to a process in a namespace of its own in which one it was started.
const outsideVariable = "MAILBOX_OUTSIDE"

// alone has the rest of this process's work done by a copy of it in a new IPC namespace,
// and returns false; in the copy it returns true.
//
// A message queue belongs to no process: it stays until it is removed or the machine is
// switched off, also if its maker is killed. But what is in a namespace ends with the
// last process in it. So nothing is done outside of one.
func alone() (bool, error) {
	here, err := os.Readlink("/proc/self/ns/ipc")
	if err != nil {
		return false, experiment.Unmet("the kernel has no IPC namespaces: %v", err)
	}
	switch os.Getenv(outsideVariable) {
	case "":
		return false, startCopy(here)
	case here:
		return false, errors.New("start a namespace: still in the one of its parent")
	}
	return true, nil
}

func startCopy(here string) error {
	const report = 3 // see child.Spec
	fd, err := unix.FcntlInt(report, unix.F_DUPFD_CLOEXEC, 0)
	if err != nil {
		return fmt.Errorf("hand on the report pipe: %w", err)
	}
	pipe := os.NewFile(uintptr(fd), "report")
	defer pipe.Close()
	cmd := &exec.Cmd{
		Path: "/proc/self/exe", Args: os.Args, Env: child.Again(outsideVariable + "=" + here), ExtraFiles: []*os.File{pipe},
		Stdout: os.Stdout, Stderr: os.Stderr,
		SysProcAttr: namespaces(os.Geteuid(), os.Getegid()),
	}
	if err := cmd.Start(); err != nil {
		return experiment.Unmet("a namespace for message queues cannot be made, and without it one might be left behind: %v; try as root", err)
	}
	err = cmd.Wait()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok && exit.ExitCode() == 1 {
		return nil // it has reported why
	}
	return err
}

// namespaces asks for a new IPC namespace. Who is not root needs a user namespace first,
// in which he is.
func namespaces(uid, gid int) *syscall.SysProcAttr {
	attr := &syscall.SysProcAttr{Cloneflags: unix.CLONE_NEWIPC}
	if uid != 0 {
		attr.Cloneflags |= unix.CLONE_NEWUSER
		attr.UidMappings = []syscall.SysProcIDMap{{HostID: uid, Size: 1}}
		attr.GidMappings = []syscall.SysProcIDMap{{HostID: gid, Size: 1}}
	}
	return attr
}
