package systemstack

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// threadID returns the number of the thread that this goroutine is on. The first thread
// of a process has the number of the process.
func threadID() int { return unix.Gettid() }

// becomeStderr makes what this process writes to its standard error go to a file.
func becomeStderr(file *os.File) error { return unix.Dup3(int(file.Fd()), unix.Stderr, 0) }

// quit sends SIGQUIT to one thread of a process.
func quit(pid, thread int) error {
	if err := unix.Tgkill(pid, thread, unix.SIGQUIT); err != nil {
		return fmt.Errorf("send SIGQUIT: %w", err)
	}
	return nil
}

// asleep returns the threads of a process, once all of them are asleep.
func asleep(ctx context.Context, pid int) ([]int, error) {
	for ctx.Err() == nil {
		threads, all, err := look(pid)
		if err != nil || all {
			return threads, err
		}
		runtime.Gosched()
	}
	return nil, context.Cause(ctx)
}

// look returns the threads of a process and whether all of them are asleep.
func look(pid int) (threads []int, all bool, err error) {
	dir := fmt.Sprintf("/proc/%d/task/", pid)
	tasks, err := os.ReadDir(dir)
	if err != nil {
		return nil, false, fmt.Errorf("look at its threads: %w", err)
	}
	all = true
	for _, task := range tasks {
		stat, err := os.ReadFile(dir + task.Name() + "/stat")
		if err != nil {
			return nil, false, fmt.Errorf("look at its threads: %w", err)
		}
		// The name in parentheses may contain anything; the state is the letter after it.
		_, state, _ := strings.Cut(string(stat[strings.LastIndexByte(string(stat), ')'):]), " ")
		all = all && strings.HasPrefix(state, "S")
		id, _ := strconv.Atoi(task.Name())
		threads = append(threads, id)
	}
	return threads, all, nil
}
