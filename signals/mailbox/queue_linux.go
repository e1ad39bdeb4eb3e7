package mailbox

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// From the kernel's headers; x/sys/unix does not have them.
const (
	ipcCreate  = 0o1000
	ipcExcl    = 0o2000
	ipcNoWait  = 0o4000
	ipcPrivate = 0
	ipcRemove  = 0

	msgNoError = 0o10000
	msgExcept  = 0o20000
)

// queue is the number of a message queue. Its methods are the system calls, nothing
// else; what they return is an errno of the kernel, or nil.
type queue int

// newQueue makes a queue without a key: only who knows its number can use it.
func newQueue() (queue, error) { return get(ipcPrivate, ipcCreate|0o600) }

// get is msgget.
func get(key, flags int) (queue, error) {
	id, _, errno := unix.Syscall(unix.SYS_MSGGET, uintptr(key), uintptr(flags), 0)
	return queue(id), failure(errno)
}

// message is struct msgbuf with the longest text that a message can have by default, and
// one byte more.
type message struct {
	typ  int // a long of C
	text [longestByDefault + 1]byte
}

const longestByDefault = 8192

// send is msgsnd. It waits for room unless flags say otherwise.
func (q queue) send(typ int, text string, flags int) error {
	m := &message{typ: typ}
	n := copy(m.text[:], text)
	_, _, errno := unix.Syscall6(unix.SYS_MSGSND, uintptr(q), uintptr(unsafe.Pointer(m)), uintptr(n), uintptr(flags), 0, 0)
	return failure(errno)
}

// receive is msgrcv with room for so many bytes. It waits for a message that fits typ
// unless flags say otherwise.
func (q queue) receive(typ, room, flags int) (gotType int, text string, err error) {
	m := new(message)
	n, _, errno := unix.Syscall6(unix.SYS_MSGRCV, uintptr(q), uintptr(unsafe.Pointer(m)), uintptr(room), uintptr(typ), uintptr(flags), 0)
	if errno != 0 {
		return 0, "", errno
	}
	return m.typ, string(m.text[:n]), nil
}

// remove is msgctl with IPC_RMID. Whoever waits at the queue is woken.
func (q queue) remove() error {
	_, _, errno := unix.Syscall(unix.SYS_MSGCTL, uintptr(q), ipcRemove, 0)
	return failure(errno)
}

func failure(errno syscall.Errno) error {
	if errno == 0 {
		return nil
	}
	return errno
}

// limit reads a limit of this namespace: "msgmnb" is the capacity of a queue, "msgmax"
// the longest text, in bytes.
func limit(name string) (int, error) {
	text, err := os.ReadFile("/proc/sys/kernel/" + name)
	if err != nil {
		return 0, fmt.Errorf("read limit of queues: %w", err)
	}
	return strconv.Atoi(strings.TrimSpace(string(text)))
}

// by has somebody make a call at a queue of the mode, in which there is a message. Become
// decides who that is, by what it does to the thread that it is called on.
//
// In Linux it is threads that belong to users and have capabilities. That all threads of a
// process have the same ones is the work of syscall.Setuid and its kind, of which nothing
// is used here. So no second program is needed, only a second thread.
func by(become func() error, mode int, call func(queue) error) func(context.Context, queue) (string, error) {
	return func(context.Context, queue) (string, error) {
		q, err := get(ipcPrivate, ipcCreate|mode)
		if err != nil {
			return "", err
		}
		defer q.remove()
		if err := q.send(1, "x", ipcNoWait); err != nil {
			return "", err
		}
		var refused, outcome error
		onThread(func() {
			if refused = become(); refused == nil {
				outcome = call(q)
			}
		})
		if refused != nil {
			return notMeasured + "no thread can be made so: " + outcomeOf(refused), nil
		}
		return outcomeOf(outcome), nil
	}
}

// onThread calls f on a thread that runs nothing else, and ends with it.
func onThread(f func()) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread() // for good
		f()
	}()
	<-done
}

// nobody is a user who has not made the queue. The kernel need not know him.
const nobody = 65534

// another makes the thread somebody else's, in no group of its old user.
func another() error {
	for _, call := range [][4]uintptr{
		{unix.SYS_SETGROUPS},
		{unix.SYS_SETRESGID, nobody, nobody, nobody},
		{unix.SYS_SETRESUID, nobody, nobody, nobody},
	} {
		if _, _, errno := unix.RawSyscall(call[0], call[1], call[2], call[3]); errno != 0 {
			return errno
		}
	}
	return nil
}

// mere leaves the thread its user, and takes away its capabilities.
func mere() error {
	has, err := capabilities()
	if err != nil {
		return err
	}
	has[0].Effective, has[1].Effective = 0, 0
	return unix.Capset(thisThread(), &has[0])
}

// mighty is EPERM if the thread does not have CAP_IPC_OWNER, as root does who has not been
// deprived of it.
func mighty() error {
	has, err := capabilities()
	if err == nil && has[0].Effective&(1<<unix.CAP_IPC_OWNER) == 0 {
		err = unix.EPERM
	}
	return err
}

// thisThread says whose capabilities are meant, and in which form.
func thisThread() *unix.CapUserHeader {
	return &unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
}

func capabilities() (has [2]unix.CapUserData, err error) {
	err = unix.Capget(thisThread(), &has[0])
	return has, err
}

func put(q queue) error { return q.send(1, "x", ipcNoWait) }

func take(q queue) error {
	_, _, err := q.receive(1, 1, ipcNoWait)
	return err
}
