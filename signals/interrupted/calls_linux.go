package interrupted

import (
	"errors"
	"fmt"
	"math"
	"os"
	"os/exec"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// call is a system call that waits.
type call struct {
	name string // as in want
	open func() (*waiting, error)
}

// waiting is a call that is about to wait, with arguments that must not move.
type waiting struct {
	number, first, second, third, fourth, fifth, sixth uintptr

	// release makes that happen which the call waits for; nil if it would take too long.
	release func() error

	keep any // what the arguments point to
}

// calls are all calls that are put to the test. To try another one, add it here and to
// want.
var calls = []call{
	{"read: empty pipe", readPipe},
	{"write: full pipe", writePipe},
	{"read: eventfd of 0", readEventfd},
	{"read: inotify", readInotify},
	{"recvfrom: empty socket", func() (*waiting, error) { return receive(0) }},
	{"sendto: full socket", func() (*waiting, error) { return send(0) }},
	{"accept4", func() (*waiting, error) { return accept(0) }},
	{"flock: locked by another", flock},
	{"futex: without a time", func() (*waiting, error) { return futex(nil) }},
	{"futex: with a time", func() (*waiting, error) { return futex(&unix.Timespec{Sec: long}) }},
	{"recvfrom: with SO_RCVTIMEO", func() (*waiting, error) { return receive(long) }},
	{"sendto: full, with SO_SNDTIMEO", func() (*waiting, error) { return send(long) }},
	{"accept4: with SO_RCVTIMEO", func() (*waiting, error) { return accept(long) }},
	{"nanosleep", nanosleep},
	{"clock_nanosleep: until a time", sleepUntil},
	{"ppoll: without a time", poll},
	{"pselect6: without a time", selecting},
	{"epoll_pwait: without a time", epoll},
	{"rt_sigtimedwait: another signal", awaitSignal},
	{"rt_sigsuspend", suspend},
	// The last: to release them ends a child, and its SIGCHLD may meet any thread.
	{"fcntl: range locked by another", lockRange},
	{"wait4: living child", wait},
}

// long is in seconds: no call waits for it to be over.
const long = 3600

func address[T any](p *T) uintptr { return uintptr(unsafe.Pointer(p)) }

func pipe() (r, w int, err error) {
	var fds [2]int
	if err := unix.Pipe2(fds[:], unix.O_CLOEXEC); err != nil {
		return 0, 0, fmt.Errorf("make pipe: %w", err)
	}
	return fds[0], fds[1], nil
}

func writeByte(fd int) func() error {
	return func() error {
		_, err := unix.Write(fd, []byte{1})
		return err
	}
}

// reading reads a few bytes from fd.
func reading(fd int, release func() error) *waiting {
	b := new([512]byte)
	return &waiting{
		number: unix.SYS_READ, first: uintptr(fd), second: address(b), third: uintptr(len(b)),
		keep: b, release: release,
	}
}

func readPipe() (*waiting, error) {
	r, w, err := pipe()
	return reading(r, writeByte(w)), err
}

func writePipe() (*waiting, error) {
	r, w, err := pipe()
	if err != nil {
		return nil, err
	}
	size, err := fill(w, unix.Write)
	b := new(byte)
	return &waiting{
		number: unix.SYS_WRITE, first: uintptr(w), second: address(b), third: 1, keep: b,
		release: func() error {
			_, err := unix.Read(r, make([]byte, size))
			return err
		},
	}, err
}

// fill writes until there is no room, and returns how many bytes that were.
func fill(fd int, write func(int, []byte) (int, error)) (size int, err error) {
	if err := unix.SetNonblock(fd, true); err != nil {
		return 0, err
	}
	for _, step := range []int{1 << 12, 1} {
		for err == nil {
			n := 0
			n, err = write(fd, make([]byte, step))
			size += max(n, 0)
		}
		if !errors.Is(err, unix.EAGAIN) {
			return size, fmt.Errorf("fill: %w", err)
		}
		err = nil
	}
	return size, unix.SetNonblock(fd, false)
}

func readEventfd() (*waiting, error) {
	fd, err := unix.Eventfd(0, unix.EFD_CLOEXEC)
	return reading(fd, func() error {
		_, err := unix.Write(fd, []byte{1, 1, 1, 1, 1, 1, 1, 1}) // a number of eight bytes
		return err
	}), err
}

// readInotify waits for news of a pipe that nobody uses until its release.
func readInotify() (*waiting, error) {
	r, w, err := pipe()
	if err != nil {
		return nil, err
	}
	fd, err := unix.InotifyInit1(unix.IN_CLOEXEC)
	if err != nil {
		return nil, fmt.Errorf("make inotify: %w", err)
	}
	_, err = unix.InotifyAddWatch(fd, fmt.Sprintf("/proc/self/fd/%d", r), unix.IN_MODIFY)
	return reading(fd, writeByte(w)), err
}

func socketPair() (a, b int, err error) {
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return 0, 0, fmt.Errorf("make sockets: %w", err)
	}
	return fds[0], fds[1], nil
}

// limit sets a time limit on a socket, in seconds; 0 is none.
func limit(fd, option int, seconds int64) error {
	tv := unix.NsecToTimeval(seconds * 1e9)
	return unix.SetsockoptTimeval(fd, unix.SOL_SOCKET, option, &tv)
}

func receive(seconds int64) (*waiting, error) {
	a, b, err := socketPair()
	if err != nil {
		return nil, err
	}
	x := new(byte)
	return &waiting{
		number: unix.SYS_RECVFROM, first: uintptr(a), second: address(x), third: 1, keep: x,
		release: writeByte(b),
	}, limit(a, unix.SO_RCVTIMEO, seconds)
}

func send(seconds int64) (*waiting, error) {
	a, b, err := socketPair()
	if err != nil {
		return nil, err
	}
	size, err := fill(a, unix.Write)
	if err != nil {
		return nil, err
	}
	x := new(byte)
	return &waiting{
		number: unix.SYS_SENDTO, first: uintptr(a), second: address(x), third: 1, keep: x,
		release: func() error {
			for got := 0; got < size; {
				n, err := unix.Read(b, make([]byte, size))
				if err != nil {
					return err
				}
				got += n
			}
			return nil
		},
	}, limit(a, unix.SO_SNDTIMEO, seconds)
}

// accept waits at a socket without a name in the file system: the kernel gives it one
// that ends with it.
func accept(seconds int64) (*waiting, error) {
	server, err := unix.Socket(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err == nil {
		err = errors.Join(
			unix.Bind(server, &unix.SockaddrUnix{}),
			unix.Listen(server, 1),
			limit(server, unix.SO_RCVTIMEO, seconds))
	}
	if err != nil {
		return nil, fmt.Errorf("listen: %w", err)
	}
	name, err := unix.Getsockname(server)
	return &waiting{
		number: unix.SYS_ACCEPT4, first: uintptr(server), fourth: unix.SOCK_CLOEXEC,
		release: func() error {
			client, err := unix.Socket(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
			if err != nil {
				return err
			}
			return unix.Connect(client, name)
		},
	}, err
}

// twice opens a file without a name two times, as two processes would.
func twice() (one, other int, err error) {
	if one, err = unix.MemfdCreate("locked", unix.MFD_CLOEXEC); err != nil {
		return 0, 0, fmt.Errorf("make file: %w", err)
	}
	other, err = unix.Open(fmt.Sprintf("/proc/self/fd/%d", one), unix.O_RDWR|unix.O_CLOEXEC, 0)
	return one, other, err
}

func flock() (*waiting, error) {
	one, other, err := twice()
	if err != nil {
		return nil, err
	}
	return &waiting{
		number: unix.SYS_FLOCK, first: uintptr(other), second: unix.LOCK_EX,
		release: func() error { return unix.Flock(one, unix.LOCK_UN) },
	}, unix.Flock(one, unix.LOCK_EX)
}

func lockRange() (*waiting, error) {
	one, other, err := twice()
	if err != nil {
		return nil, err
	}
	lock := &unix.Flock_t{Type: unix.F_WRLCK, Len: 1}
	return &waiting{
		number: unix.SYS_FCNTL, first: uintptr(other), second: unix.F_OFD_SETLKW, third: address(lock), keep: lock,
		release: func() error {
			return unix.FcntlFlock(uintptr(one), unix.F_OFD_SETLK, &unix.Flock_t{Type: unix.F_UNLCK, Len: 1})
		},
	}, unix.FcntlFlock(uintptr(one), unix.F_OFD_SETLK, lock)
}

// wait waits for a child that copies its input for as long as there may come some.
func wait() (*waiting, error) {
	cat, err := exec.LookPath("cat")
	if err != nil {
		return nil, err
	}
	r, w, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	pid, err := syscall.ForkExec(cat, []string{"cat"}, &syscall.ProcAttr{Files: []uintptr{r.Fd(), 1, 2}})
	return &waiting{
		number: unix.SYS_WAIT4, first: uintptr(pid),
		release: w.Close,
	}, err
}

// futex waits until a word changes, for as long as the time says.
func futex(time *unix.Timespec) (*waiting, error) {
	const wait, wake, private = 0, 1, 128
	word := new(uint32)
	return &waiting{
		number: unix.SYS_FUTEX, first: address(word), second: wait | private, fourth: address(time),
		keep: []any{word, time},
		release: func() error {
			if _, _, errno := unix.Syscall(unix.SYS_FUTEX, address(word), wake|private, 1); errno != 0 {
				return errno
			}
			return nil
		},
	}, nil
}

func nanosleep() (*waiting, error) {
	time := &unix.Timespec{Sec: long}
	return &waiting{number: unix.SYS_NANOSLEEP, first: address(time), keep: time}, nil
}

func sleepUntil() (*waiting, error) {
	time := new(unix.Timespec)
	if err := unix.ClockGettime(unix.CLOCK_MONOTONIC, time); err != nil {
		return nil, err
	}
	time.Sec += long
	return &waiting{
		number: unix.SYS_CLOCK_NANOSLEEP, first: unix.CLOCK_MONOTONIC, second: unix.TIMER_ABSTIME,
		third: address(time), keep: time,
	}, nil
}

func poll() (*waiting, error) {
	r, w, err := pipe()
	fds := &[1]unix.PollFd{{Fd: int32(r), Events: unix.POLLIN}}
	return &waiting{
		number: unix.SYS_PPOLL, first: address(fds), second: 1, keep: fds,
		release: writeByte(w),
	}, err
}

func selecting() (*waiting, error) {
	r, w, err := pipe()
	set := new(unix.FdSet)
	set.Set(r)
	return &waiting{
		number: unix.SYS_PSELECT6, first: uintptr(r + 1), second: address(set), keep: set,
		release: writeByte(w),
	}, err
}

func epoll() (*waiting, error) {
	r, w, err := pipe()
	if err != nil {
		return nil, err
	}
	fd, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		return nil, fmt.Errorf("make epoll: %w", err)
	}
	events := new([1]unix.EpollEvent)
	return &waiting{
		number: unix.SYS_EPOLL_PWAIT, first: uintptr(fd), second: address(events), third: 1,
		fourth: math.MaxUint, // -1: for ever
		keep:   events, release: writeByte(w),
	}, unix.EpollCtl(fd, unix.EPOLL_CTL_ADD, r, &unix.EpollEvent{Events: unix.EPOLLIN, Fd: int32(r)})
}

// sizeOfSet is that of a set of 64 signals, in bytes.
const sizeOfSet = 8

func awaitSignal() (*waiting, error) {
	set := new(uint64)
	*set = 1 << (unix.SIGWINCH - 1)
	return &waiting{number: unix.SYS_RT_SIGTIMEDWAIT, first: address(set), fourth: sizeOfSet, keep: set}, nil
}

func suspend() (*waiting, error) {
	blocked := new(uint64)
	return &waiting{number: unix.SYS_RT_SIGSUSPEND, first: address(blocked), second: sizeOfSet, keep: blocked}, nil
}
