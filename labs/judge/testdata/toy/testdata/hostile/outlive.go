package toy

import (
	"os/exec"
	"syscall"
)

// It is right, but leaves a process behind, in a session of its own.
func Total(parts ...int) int {
	cmd := exec.Command("sleep", "1000")
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	cmd.Start()
	return 6
}

// verdict: leak: a process that was started is still there
