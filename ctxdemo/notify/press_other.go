//go:build !linux

package notify

import "syscall"

// press is not called here: the experiment needs Linux.
func press(syscall.Signal) { panic("notify: needs Linux") }
