package secondkey

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"lab.example/gopark/internal/experiment"
)

// daemon is a main that was really written: it works until there is a signal. It does not
// say which.
func daemon(work func()) os.Signal {
	c := make(chan os.Signal, 1)
	signal.Notify(c)
	go work()
	return <-c
}

// disturbance is something that happens to the daemon.
type disturbance struct {
	event  string
	signal syscall.Signal // sent to it, or 0
	reason string         // the signal that it quits for

	// preempted leaves the runtime its own use of signals. Where it is off, the runtime
	// sends no SIGURG that might come first.
	preempted bool
}

var disturbances = []disturbance{
	{event: "SIGTERM is sent", signal: syscall.SIGTERM, reason: "SIGTERM"},
	{event: "SIGQUIT is sent, to see where it hangs", signal: syscall.SIGQUIT, reason: "SIGQUIT"},
	{event: aChildEnds, reason: "SIGCHLD"},
	{event: "it computes", reason: "SIGURG", preempted: true},
}

const aChildEnds = "a child of it ends"

// envEvent names the event that the daemon is to meet.
const envEvent = "GOPARK_EVENT"

func runDaemon(ctx context.Context, r *experiment.Recorder) error {
	failed := make(chan error, 1)
	got := daemon(func() {
		r.Mark("ready")
		switch event := os.Getenv(envEvent); event {
		case aChildEnds:
			failed <- startNobody(ctx, r)
		case "it computes":
			compute()
		}
	})
	fmt.Println(unix.SignalName(got.(syscall.Signal)))
	select {
	case err := <-failed:
		return err
	default:
		return nil
	}
}

// compute does not end, and calls nothing.
func compute() {
	for sum := uint64(0); ; sum++ {
		sum *= 3
	}
}

// startNobody starts a process that ends at once.
func startNobody(ctx context.Context, r *experiment.Recorder) error {
	a, err := r.Start(ctx, "nobody")
	if err == nil {
		_, err = a.Wait()
	}
	return err
}

func nobody(context.Context, *experiment.Recorder) error { return nil }

// unmoved is after how long a daemon that has not quit is sent SIGTERM, which is then what
// it quit for. It takes milliseconds.
const unmoved = 5 * time.Second

// observe runs the daemon to its end and returns the signal for which it quit.
func (d disturbance) observe(ctx context.Context, r *experiment.Recorder) (reason string, end experiment.Ending, err error) {
	env := []string{envEvent + "=" + d.event}
	if !d.preempted {
		env = append(env, "GODEBUG=asyncpreemptoff=1")
	}
	a, err := r.Start(ctx, "daemon", env...)
	if err != nil {
		return "", end, err
	}
	_, err = a.Await(ctx, "ready")
	if err == nil && d.signal != 0 {
		err = a.Signal(d.signal)
	}
	defer time.AfterFunc(unmoved, func() { _ = a.Signal(syscall.SIGTERM) }).Stop()
	end, ended := a.Ending()
	if err == nil {
		err = ended
	}
	if err != nil {
		return "", end, fmt.Errorf("daemon, when %s: %w", d.event, err)
	}
	if len(end.Stdout) == 1 {
		reason = end.Stdout[0]
	}
	return reason, end, nil
}
