package queue

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"runtime"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// sending sends a signal with a payload, if it can.
type sending func(pid int, s syscall.Signal, payload int) error

func byKill(pid int, s syscall.Signal, _ int) error { return syscall.Kill(pid, s) }

// siQueue is the code of a signal that was sent by sigqueue.
const siQueue = -1

// siginfo is siginfo_t as sigqueue fills it, on all architectures but MIPS.
type siginfo struct {
	signo, errno, code int32
	_                  [unsafe.Sizeof(uintptr(0))/4 - 1]int32 // the union that follows is aligned to a pointer
	pid                int32
	uid                uint32
	value              uintptr
	_                  [96]byte
}

func bySigqueue(pid int, s syscall.Signal, payload int) error {
	info := siginfo{
		signo: int32(s), code: siQueue,
		pid: int32(os.Getpid()), uid: uint32(os.Getuid()), value: uintptr(payload),
	}
	_, _, errno := unix.RawSyscall(unix.SYS_RT_SIGQUEUEINFO, uintptr(pid), uintptr(s), uintptr(unsafe.Pointer(&info)))
	if errno != 0 {
		return errno
	}
	return nil
}

// limitQueue sets how many signals may be queued for the user of this process when one
// is sent to it.
func limitQueue(n int) error {
	l := unix.Rlimit{Cur: uint64(n), Max: uint64(n)}
	if err := unix.Setrlimit(unix.RLIMIT_SIGPENDING, &l); err != nil {
		return fmt.Errorf("limit queued signals: %w", err)
	}
	return nil
}

// withBlocked calls f on a thread that has the signals blocked. A process that f starts
// inherits that, and so does every thread of that process.
func withBlocked(f func() error, signals ...syscall.Signal) error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	block, before := set(signals...), unix.Sigset_t{}
	if err := unix.PthreadSigmask(unix.SIG_BLOCK, &block, &before); err != nil {
		return fmt.Errorf("block signals: %w", err)
	}
	err := f()
	return errors.Join(err, unix.PthreadSigmask(unix.SIG_SETMASK, &before, nil))
}

func set(signals ...syscall.Signal) (all unix.Sigset_t) {
	bits := 8 * int(unsafe.Sizeof(all.Val[0]))
	for _, s := range signals {
		all.Val[(int(s)-1)/bits] |= 1 << ((int(s) - 1) % bits)
	}
	return all
}

// read is the process that has the signals blocked, since before it began. Whenever it is
// asked it takes out of the kernel what is pending, prints it, and an empty line.
func read() error {
	signals := set(standard, lower, higher)
	fd, err := unix.Signalfd(-1, &signals, unix.SFD_NONBLOCK|unix.SFD_CLOEXEC)
	if err != nil {
		return fmt.Errorf("open signalfd: %w", err)
	}
	defer unix.Close(fd)
	fmt.Println("ready")
	for questions := bufio.NewScanner(os.Stdin); questions.Scan(); {
		out := bufio.NewWriter(os.Stdout)
		for {
			var info unix.SignalfdSiginfo
			entry := unsafe.Slice((*byte)(unsafe.Pointer(&info)), binary.Size(info))
			_, err := unix.Read(fd, entry)
			if errors.Is(err, unix.EAGAIN) {
				break
			}
			if err != nil && !errors.Is(err, unix.EINTR) {
				return fmt.Errorf("read signalfd: %w", err)
			}
			if err == nil {
				fmt.Fprintln(out, arrival{syscall.Signal(info.Signo), info.Code == siQueue, int(info.Int)})
			}
		}
		fmt.Fprintln(out)
		if err := out.Flush(); err != nil {
			return fmt.Errorf("answer: %w", err)
		}
	}
	return nil
}
