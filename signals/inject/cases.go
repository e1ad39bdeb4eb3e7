package inject

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"

	"lab.example/gopark/internal/experiment"
)

var header = []string{"sent to a thread that counts", "what happens"}

// shotCase is one way of shooting at a target.
type shotCase struct {
	name   string
	signal syscall.Signal
	send   func(pid, tid int, s syscall.Signal) error
	faults bool // the target has called debug.SetPanicOnFault
	want   string
}

// What happens to a target. The address of the fault, which was none, is where a signal
// that was sent has the pid of its sender: see address.
const (
	recovered = "recovered: "
	wildPanic = recovered + "runtime error: invalid memory address or nil pointer dereference, at " + sender
	wildFatal = "exit 2: unexpected fault address " + sender
)

// cases is what is sent, and what must come of it. The first is repeated.
var cases = []shotCase{
	{"SIGFPE by sigqueue", syscall.SIGFPE, bySigqueue, false, recovered + "runtime error: floating point error"},
	{"SIGFPE by kill", syscall.SIGFPE, byKill, false, "exit 2: SIGFPE: floating-point exception"},
	{"SIGSEGV by sigqueue", syscall.SIGSEGV, bySigqueue, false, wildFatal},
	{"SIGSEGV by sigqueue, after SetPanicOnFault", syscall.SIGSEGV, bySigqueue, true, wildPanic},
	{"SIGBUS by sigqueue", syscall.SIGBUS, bySigqueue, false, wildFatal},
	{"SIGBUS by sigqueue, after SetPanicOnFault", syscall.SIGBUS, bySigqueue, true, wildPanic},
	{"SIGSEGV by kill, after SetPanicOnFault", syscall.SIGSEGV, byKill, true, "exit 2: SIGSEGV: segmentation violation"},
}

// environment is that of a target. Preemption is off, since it has a handler and code of
// its own, in which a fault would be one of the runtime.
func (c shotCase) environment(shots int) []string {
	return []string{
		"GODEBUG=asyncpreemptoff=1", "GOMAXPROCS=2",
		shotsVariable + "=" + strconv.Itoa(shots),
		faultsVariable + "=" + strconv.FormatBool(c.faults),
	}
}

// try shoots at a target, whenever it says that it is in the loop, and returns what became
// of it.
func (c shotCase) try(ctx context.Context, r *experiment.Recorder, shots int) (string, error) {
	a, err := r.Start(ctx, "target", c.environment(shots)...)
	if err != nil {
		return "", err
	}
	if err := c.shoot(ctx, a, shots); err != nil {
		_ = a.Signal(syscall.SIGKILL)
		_, _ = a.Wait()
		return "", err
	}
	end, err := a.Ending()
	if err != nil {
		return "", err
	}
	out := fmt.Sprintf("%s: %s", end, reason(end.Stderr))
	if end.Exit == 0 {
		text, err := a.Await(ctx, recoveredName)
		if err != nil {
			return "", err
		}
		out = fmt.Sprint(recovered, text)
	}
	return strings.ReplaceAll(out, address(os.Getpid(), os.Getuid()), sender), nil
}

// sender is written in place of what the runtime takes for the address of the fault.
const sender = "the sender's pid"

// address is where the runtime looks for the address of a fault, if the signal was sent
// instead: there are the words of pid and uid, which on a machine of 64 bits make one
// address.
func address(pid, uid int) string {
	at := uint64(pid)
	if strconv.IntSize == 64 {
		at |= uint64(uid) << 32
	}
	return fmt.Sprintf("%#x", at)
}

func (c shotCase) shoot(ctx context.Context, a *experiment.Actor, shots int) error {
	for shot := range shots {
		if _, err := a.Await(ctx, counting(shot)); err != nil {
			return err
		}
		tid, err := a.Await(ctx, threadName)
		if err != nil {
			return err
		}
		if err := c.send(a.PID(), int(tid.(int64)), c.signal); err != nil {
			return fmt.Errorf("send: %w", err)
		}
	}
	return nil
}

// reason returns the line that tells why a process ended.
func reason(stderr []string) string {
	for _, line := range stderr {
		for _, start := range []string{"SIG", "fatal error: ", "panic: ", "unexpected fault address "} {
			if strings.HasPrefix(line, start) {
				return line
			}
		}
	}
	return strings.Join(stderr, "; ")
}
