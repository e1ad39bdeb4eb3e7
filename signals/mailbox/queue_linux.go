package mailbox

import (
	"fmt"
	"os"
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
