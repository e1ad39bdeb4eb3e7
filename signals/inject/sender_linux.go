package inject

import (
	"os"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

func threadID() int { return unix.Gettid() }

// siQueue is the code of a signal that was sent by sigqueue. Positive codes, those of
// real faults, the kernel lets no process send to another.
const siQueue = -1

// siginfo is siginfo_t as sigqueue fills it, on all architectures but MIPS.
type siginfo struct {
	signo, errno, code int32
	_                  [unsafe.Sizeof(uintptr(0))/4 - 1]int32 // the union that follows is aligned to a pointer
	pid                int32
	uid                uint32
	_                  [104]byte
}

// bySigqueue sends the signal to one thread, and says who sends it: in the place where
// the kernel puts the address, if it reports a fault.
func bySigqueue(pid, tid int, s syscall.Signal) error {
	info := siginfo{signo: int32(s), code: siQueue, pid: int32(os.Getpid()), uid: uint32(os.Getuid())}
	_, _, errno := unix.RawSyscall6(unix.SYS_RT_TGSIGQUEUEINFO,
		uintptr(pid), uintptr(tid), uintptr(s), uintptr(unsafe.Pointer(&info)), 0, 0)
	if errno != 0 {
		return errno
	}
	return nil
}

// byKill is kill for one thread.
func byKill(pid, tid int, s syscall.Signal) error { return unix.Tgkill(pid, tid, s) }
