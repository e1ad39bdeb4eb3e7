package children

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"syscall"

	"golang.org/x/sys/unix"

	"lab.example/gopark/internal/procfs"
)

// orphan looks at a child of a child that has ended. It lives for as long as its input is
// open.
func orphan(look func(pid int, input *os.File) (string, error)) see {
	return func(context.Context) (string, error) {
		shell, err := program("sh")
		if err != nil {
			return "", err
		}
		read, write, err := os.Pipe()
		if err != nil {
			return "", err
		}
		defer read.Close()
		defer write.Close()
		// What a shell starts in the background has no input unless it is given some.
		cmd := exec.Command(shell, "-c", "cat <&3 >/dev/null 2>&1 & echo $!")
		cmd.ExtraFiles = []*os.File{read}
		out, err := cmd.Output()
		if err != nil {
			return "", fmt.Errorf("run a shell: %w", err)
		}
		pid := 0
		if _, err := fmt.Sscan(string(out), &pid); err != nil {
			return "", fmt.Errorf("read the number of the orphan: %w", err)
		}
		return look(pid, write)
	}
}

// newParent says who has become the parent of a process. The process above this one is
// the supervisor, which has asked the kernel for the orphans beneath it.
func newParent(pid int, _ *os.File) (string, error) {
	status, err := procfs.Process(pid)
	switch status.PPID {
	case os.Getpid():
		return "I", err
	case os.Getppid():
		return "the next subreaper above", err
	}
	return fmt.Sprint("process ", status.PPID), err
}

// namespace is the script of a process 1. It has a shell start a cat and end, prints the
// number that the cat has outside, and ends the namespace when its own input ends.
const namespace = `echo $(sh -c '(read pid rest </proc/self/stat; echo $pid; exec cat <&3 >/dev/null 2>&1) &' 3<&0)
read end`

// orphanBelow looks at an orphan in a PID namespace of its own, for which no subreaper above
// the namespace is asked.
func orphanBelow(context.Context) (string, error) {
	return newParentBelow(newNamespace(os.Geteuid(), os.Getegid()))
}

// newParentBelow starts the script as attr says. Whoever becomes the new parent, it does so
// before the script prints: that shell has been waited for.
func newParentBelow(attr *syscall.SysProcAttr) (seen string, err error) {
	shell, err := program("sh")
	if err != nil {
		return "", err
	}
	first := exec.Command(shell, "-c", namespace)
	first.SysProcAttr = attr
	input, err := first.StdinPipe()
	if err != nil {
		return "", err
	}
	output, err := first.StdoutPipe()
	if err != nil {
		return "", err
	}
	if err := first.Start(); err != nil {
		return notMeasured + "no PID namespace can be made", nil
	}
	defer func() {
		_ = input.Close()
		_ = first.Wait() // the status is that of its read
	}()
	pid := 0
	if _, err := fmt.Fscan(output, &pid); err != nil {
		return "", fmt.Errorf("read the number of the orphan: %w", err)
	}
	status, err := procfs.Process(pid)
	if err == nil && status.PPID == first.Process.Pid {
		return "its process 1", nil
	}
	return newParent(pid, nil)
}

// newNamespace asks for a new PID namespace. Who is not root needs a user namespace first,
// in which he is.
func newNamespace(uid, gid int) *syscall.SysProcAttr {
	attr := &syscall.SysProcAttr{Cloneflags: unix.CLONE_NEWPID}
	if uid != 0 {
		attr.Cloneflags |= unix.CLONE_NEWUSER
		attr.UidMappings = []syscall.SysProcIDMap{{HostID: uid, Size: 1}}
		attr.GidMappings = []syscall.SysProcIDMap{{HostID: gid, Size: 1}}
	}
	return attr
}

func waitForOrphan(pid int, input *os.File) (string, error) {
	if err := input.Close(); err != nil {
		return "", err
	}
	p, err := os.FindProcess(pid)
	if err != nil {
		return "", err
	}
	return waitFor(p)
}

// startedBy has somebody start a child and go, then ends its input, and says how the child
// has ended.
func startedBy(death syscall.Signal, how func(ctx context.Context, start func()) error) see {
	return func(ctx context.Context) (string, error) {
		var cmd *exec.Cmd
		var input *os.File
		var failed error
		if err := how(ctx, func() { cmd, input, failed = start(death) }); err != nil {
			return "", errors.Join(failed, err)
		}
		if failed != nil {
			return "", failed
		}
		if err := input.Close(); err != nil {
			return "", err
		}
		return waitFor(cmd.Process)
	}
}

// goroutineThatEnds calls start in a goroutine, which then returns. The thread on which
// it ran remains, and runs others.
func goroutineThatEnds(_ context.Context, start func()) error {
	done := make(chan struct{})
	go func() {
		defer close(done)
		start()
	}()
	<-done
	return nil
}

// threadThatEnds calls start in a goroutine that is locked to its thread, and returns
// so: that ends the thread, too. It returns when the thread is gone.
func threadThatEnds(ctx context.Context, start func()) error {
	tid := make(chan int)
	go func() {
		runtime.LockOSThread()
		if unix.Gettid() != os.Getpid() {
			start()
			tid <- unix.Gettid()
			return
		}
		// The first thread cannot end. As long as this goroutine is locked to it, the
		// next one runs on another.
		defer runtime.UnlockOSThread()
		again := make(chan struct{})
		go func() {
			defer close(again)
			runtime.LockOSThread()
			start()
			tid <- unix.Gettid()
		}()
		<-again
	}()
	thread := fmt.Sprint("/proc/self/task/", <-tid)
	for ctx.Err() == nil {
		if _, err := os.Stat(thread); errors.Is(err, os.ErrNotExist) {
			return nil
		}
		runtime.Gosched()
	}
	return context.Cause(ctx)
}
