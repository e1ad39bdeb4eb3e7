package queue

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"syscall"

	"lab.example/gopark/internal/child"
	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/hint"
	"lab.example/gopark/internal/procfs"
)

// family starts the processes that receive: this same program again, with the environment
// in which it was itself started, and a role. If it can, it gives them a user of their
// own, as the kernel counts queued signals by user and not by process.
type family struct {
	uid uint32 // 0: the user of this process
}

// roleVariable holds the role of a process, in its environment.
const roleVariable = "GOPARK_SIGNALS_QUEUE"

const (
	roleListener = "listener" // is notified by os/signal
	roleReader   = "reader"   // has the signals blocked, and reads them
	roleLimited  = "limited"  // is a reader whose user may not have more than limit signals queued
)

// ownRole returns what this process has to do, if it is a receiver.
func ownRole() (role func() error, ok bool) {
	switch os.Getenv(roleVariable) {
	case roleListener:
		return listen, true
	case roleReader:
		return read, true
	case roleLimited:
		return func() error { return errors.Join(limitQueue(limit), read()) }, true
	}
	return nil, false
}

func newFamily(ctx context.Context) (*family, error) {
	f := &family{}
	if os.Geteuid() != 0 {
		return f, nil
	}
	// Nobody has such a high number, and the pid keeps apart what runs at the same time.
	f.uid = 1<<30 + uint32(os.Getpid())
	m, err := f.start(ctx, roleLimited, limit)
	if err != nil {
		f.uid = 0 // this root may not become somebody else: there are such containers
		return f, nil
	}
	m.end()
	return f, nil
}

func (f *family) private() bool { return f.uid != 0 }

// member is one process that receives.
type member struct {
	process   *exec.Cmd
	stderr    bytes.Buffer // complete when the process has been waited for
	questions io.Writer
	answers   *bufio.Scanner
	total     bool // count what is queued for its user, and not only what is sent to it
}

// start returns when the member is ready to receive; room is how many signals are going
// to be queued for it.
func (f *family) start(ctx context.Context, role string, room int) (*member, error) {
	m := &member{process: &exec.Cmd{
		Path: "/proc/self/exe", Args: os.Args,
		Env: child.Again(roleVariable + "=" + role),
	}}
	m.process.Stderr = &m.stderr
	questions, err := m.process.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("make pipe: %w", err)
	}
	answers, err := m.process.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("make pipe: %w", err)
	}
	m.questions, m.answers = questions, bufio.NewScanner(answers)
	if f.private() {
		m.process.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: f.uid, Gid: f.uid}}
	}
	if role != roleListener {
		err = withBlocked(m.process.Start, standard, lower, higher)
	} else {
		err = m.process.Start()
	}
	if err != nil {
		return nil, fmt.Errorf("start %s: %w", role, err)
	}
	if !m.answers.Scan() || m.answers.Text() != "ready" {
		m.end()
		return nil, fmt.Errorf("%s is not ready: %v: %s", role, m.process.ProcessState, m.stderr.Bytes())
	}
	if err := m.look(role, room); err != nil {
		m.end()
		return nil, err
	}
	return m, nil
}

// look finds out how many signals are queued for the user of the member, and whether
// there is room for those to come: for twice as many, as others may send some too.
func (m *member) look(role string, room int) error {
	status, err := procfs.Process(m.pid())
	if err != nil {
		return err
	}
	if free := status.QueueLimit - status.Queued; role != roleLimited && free < 2*room {
		return hint.With(
			experiment.Unmet("only %d signals more may be queued for this user", free),
			"raise ulimit -i, or send fewer signals")
	}
	return nil
}

func (m *member) pid() int { return m.process.Process.Pid }

// end leaves nothing of the member. What was queued for it is gone when it returns.
func (m *member) end() {
	_ = m.process.Process.Kill()
	_ = m.process.Wait() // which closes the pipes
}

// sendAll sends so many rounds of the signals, with the number of the round as payload.
func (m *member) sendAll(ctx context.Context, send sending, rounds int, signals ...syscall.Signal) (out outcome, err error) {
	before, err := m.queued(ctx)
	if err != nil {
		return out, err
	}
	for round := range rounds {
		for _, s := range signals {
			out.sent++
			switch err := send(m.pid(), s, round+1); {
			case errors.Is(err, syscall.EAGAIN):
				out.refused++
			case err != nil:
				return out, fmt.Errorf("send signal %d: %w", s, err)
			}
		}
	}
	out.queued, err = m.queued(ctx)
	if !m.total {
		out.queued -= before
	}
	return out, err
}

// queued returns how many entries are queued for the user of the member. It waits until
// no thread of it runs, as the runtime sends signals too, to preempt what runs.
func (m *member) queued(ctx context.Context) (int, error) {
	count := 0
	err := m.await(ctx, func(tasks []procfs.Status) bool {
		count = tasks[0].Queued
		return every(tasks, still)
	})
	return count, err
}

// exchange sends, and has the member read what it has got.
func (m *member) exchange(ctx context.Context, send sending, rounds int, signals ...syscall.Signal) (outcome, error) {
	out, err := m.sendAll(ctx, send, rounds, signals...)
	if err != nil {
		return out, err
	}
	arrivals, err := m.ask()
	out.received, out.order = len(arrivals), describe(arrivals)
	return out, err
}

// arrival is one signal that a member received.
type arrival struct {
	signal  syscall.Signal
	queued  bool // by sigqueue, so that it has a payload
	payload int
}

// ask returns what has arrived at the member, in order.
func (m *member) ask() ([]arrival, error) {
	if _, err := io.WriteString(m.questions, "\n"); err != nil {
		return nil, fmt.Errorf("ask member: %w", err)
	}
	var all []arrival
	for m.answers.Scan() {
		if m.answers.Text() == "" {
			return all, nil
		}
		var a arrival
		if _, err := fmt.Sscan(m.answers.Text(), &a.signal, &a.queued, &a.payload); err != nil {
			return nil, fmt.Errorf("read answer: %w", err)
		}
		all = append(all, a)
	}
	m.end()
	return nil, fmt.Errorf("member ended: %v: %s", m.process.ProcessState, m.stderr.Bytes())
}

func (a arrival) String() string { return fmt.Sprint(int(a.signal), " ", a.queued, " ", a.payload) }

// stop returns when the member is stopped.
func (m *member) stop(ctx context.Context) error {
	if err := m.process.Process.Signal(syscall.SIGSTOP); err != nil {
		return fmt.Errorf("stop member: %w", err)
	}
	return m.await(ctx, func(tasks []procfs.Status) bool { return every(tasks, stopped) })
}

// proceed lets the member go on and returns when it has had the signal: every thread
// is done with it.
func (m *member) proceed(ctx context.Context, s syscall.Signal) error {
	if err := m.process.Process.Signal(syscall.SIGCONT); err != nil {
		return fmt.Errorf("continue member: %w", err)
	}
	return m.await(ctx, func(tasks []procfs.Status) bool { return every(tasks, done(s)) })
}

func stopped(t procfs.Status) bool { return t.State == procfs.Stopped }

// still reports whether the thread neither runs nor has been sent SIGURG by the runtime.
func still(t procfs.Status) bool {
	return stopped(t) || t.State == procfs.Sleeping && !t.Pending.Has(syscall.SIGURG)
}

// done reports whether the thread has nothing more to do with the signal: it is asleep,
// outside of any handler, and the signal is not pending for it. A thread that runs a
// handler has all signals blocked.
func done(s syscall.Signal) func(procfs.Status) bool {
	return func(t procfs.Status) bool {
		return t.State == procfs.Sleeping && !t.Shared.Has(s) && !t.Pending.Has(s) && !t.Blocked.Has(syscall.SIGBUS)
	}
}

// every reports whether so is true of all threads. A thread that is missing was ending
// just then, and it is true of none.
func every(tasks []procfs.Status, so func(procfs.Status) bool) bool {
	for _, t := range tasks {
		if t.Threads != len(tasks) || !so(t) {
			return false
		}
	}
	return len(tasks) > 0
}

// await looks at all threads of the member until they are as they should be.
func (m *member) await(ctx context.Context, so func([]procfs.Status) bool) error {
	for ; ctx.Err() == nil; runtime.Gosched() {
		whole, err := procfs.Process(m.pid())
		if err != nil {
			return err
		}
		tasks, err := procfs.Tasks(m.pid())
		switch {
		case err != nil:
			return err
		case whole.State == procfs.Zombie:
			m.end()
			return fmt.Errorf("member ended: %v: %s", m.process.ProcessState, m.stderr.Bytes())
		case len(tasks) > 0 && so(tasks):
			return nil
		}
	}
	return context.Cause(ctx)
}
