package toy

import "syscall"

// It kills its process group.
func Total(parts ...int) int {
	syscall.Kill(0, syscall.SIGKILL)
	select {}
}

// verdict: exit: the process was ended by SIGKILL during TestTotal
