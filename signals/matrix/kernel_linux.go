package matrix

import (
	"fmt"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// action is the kernel's struct sigaction, with room to spare: on all architectures but
// MIPS the handler comes first and the flags second.
type action [8]uintptr

const (
	flags     = 1
	resetHand = 0x80000000 // SA_RESETHAND
	setBytes  = 8          // of a set of 64 signals
)

// resetOnDelivery takes the handler that is installed for the signal, the runtime's, and
// installs it again in the style of System V.
func resetOnDelivery(s syscall.Signal) error {
	var a action
	if err := sigaction(s, nil, &a); err != nil {
		return fmt.Errorf("read handler: %w", err)
	}
	a[flags] |= resetHand
	if err := sigaction(s, &a, nil); err != nil {
		return fmt.Errorf("install handler: %w", err)
	}
	return nil
}

func sigaction(s syscall.Signal, set, old *action) error {
	_, _, errno := unix.RawSyscall6(unix.SYS_RT_SIGACTION, uintptr(s),
		uintptr(unsafe.Pointer(set)), uintptr(unsafe.Pointer(old)), setBytes, 0, 0)
	if errno != 0 {
		return errno
	}
	return nil
}

// yield lets another process have the core: the one that is waited for may need it.
func yield() { _, _, _ = unix.RawSyscall(unix.SYS_SCHED_YIELD, 0, 0, 0) }
