package children

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"

	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/procfs"
	"lab.example/gopark/internal/timeline"
)

// last is the signal after which no more are awaited: it is higher than SIGCHLD, so that
// it is passed on after it.
const last = syscall.SIGIO

// crowd is the process whose children die.
func crowd(ctx context.Context, r *experiment.Recorder) error {
	n := r.Knob("children")
	got := make(chan os.Signal, n+1)
	signal.Notify(got, syscall.SIGCHLD, last)
	defer signal.Stop(got)

	signals, reaped, err := lose(r, got, n, "stopped", waitOnce)
	if err != nil {
		return err
	}
	zombies := waitForAll() // for the check, and so that they are gone
	r.Value("/stopped/received:signals", signals)
	r.Value("/stopped/reaped:processes", reaped)
	r.Value("/stopped/left:zombies", zombies)

	signals, reaped, err = lose(r, got, n, "running", waitForAll)
	if err != nil {
		return err
	}
	r.Value("/running/received:signals", signals)
	r.Value("/running/reaped:processes", reaped)
	return nil
}

// lose starts n children, says so, and calls wait for each SIGCHLD until the last signal
// comes. It returns how many signals came before that, and how many children wait has
// reaped.
func lose(r *experiment.Recorder, got <-chan os.Signal, n int, form string, wait func() int) (signals, reaped int, err error) {
	input, err := startCats(n)
	if err != nil {
		return 0, 0, err
	}
	defer input.Close()
	r.Mark(form + "-ready")
	for s := range got {
		if s == last {
			break
		}
		signals++
		reaped += wait()
	}
	return signals, reaped, nil
}

// startCats starts n children that live for as long as their input, which is returned, is
// open.
func startCats(n int) (input *os.File, err error) {
	cat, err := program("cat")
	if err != nil {
		return nil, err
	}
	read, write, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer read.Close()
	for range n {
		attr := &syscall.ProcAttr{Files: []uintptr{read.Fd(), 1, 2}}
		if _, err := syscall.ForkExec(cat, []string{"cat"}, attr); err != nil {
			write.Close()
			return nil, fmt.Errorf("start a child: %w", err)
		}
	}
	return write, nil
}

// waitOnce reaps one child that has ended, if there is one, and returns how many that
// were.
func waitOnce() int {
	pid, err := syscall.Wait4(-1, nil, syscall.WNOHANG, nil)
	if err != nil || pid <= 0 {
		return 0
	}
	return 1
}

// waitForAll reaps until there is no child that has ended, and returns how many there
// were.
func waitForAll() (n int) {
	for waitOnce() == 1 {
		n++
	}
	return n
}

// runCrowd starts the crowd and kills its children, once while it is stopped, once while
// it runs.
func runCrowd(ctx context.Context, r *experiment.Recorder) (err error) {
	a, err := r.Start(ctx, "crowd")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = a.Signal(syscall.SIGKILL)
		}
		_, ended := a.Wait()
		err = errors.Join(err, ended)
	}()
	n := r.Knob("children")
	if _, err := a.Await(ctx, "stopped-ready"); err != nil {
		return err
	}
	if err := a.Signal(syscall.SIGSTOP); err != nil {
		return err
	}
	if err := a.WaitStopped(ctx); err != nil {
		return err
	}
	if err := killChildren(ctx, a.PID(), n); err != nil {
		return err
	}
	flow(r, "stopped/children", timeline.Sent, timeline.Observed, n)
	pending, err := procfs.Process(a.PID())
	if err != nil {
		return err
	}
	waits := 0
	if pending.Shared.Has(syscall.SIGCHLD) {
		waits = 1
	}
	r.Value("/stopped/pending:signals", waits)
	flow(r, "stopped/kernel", timeline.Pending, timeline.Observed, waits)
	flow(r, "stopped/kernel", timeline.Dropped, timeline.Inferred, n-waits)
	if err := a.Signal(syscall.SIGCONT); err != nil {
		return err
	}
	if err := sendLast(ctx, a); err != nil {
		return err
	}
	if _, err := a.Await(ctx, "running-ready"); err != nil {
		return err
	}
	flow(r, "stopped/channel", timeline.Delivered, timeline.Observed, waits)
	if err := killChildren(ctx, a.PID(), n); err != nil {
		return err
	}
	return sendLast(ctx, a)
}

// sendLast sends the last signal when all others have arrived: none is pending in the
// kernel, and then every thread sleeps, so none is in the middle of a handler.
func sendLast(ctx context.Context, a *experiment.Actor) error {
	for ctx.Err() == nil {
		status, err := procfs.Process(a.PID())
		if err != nil {
			return err
		}
		threads, err := procfs.Tasks(a.PID())
		if err != nil {
			return err
		}
		awake := slices.ContainsFunc(threads, func(t procfs.Status) bool { return t.State != procfs.Sleeping })
		if !status.Shared.Has(syscall.SIGCHLD) && !awake {
			return a.Signal(last)
		}
		runtime.Gosched()
	}
	return context.Cause(ctx)
}

// killChildren ends the n children of a process and returns when all of them have died.
func killChildren(ctx context.Context, parent, n int) error {
	pids, err := childrenOf(parent)
	if err != nil {
		return err
	}
	if len(pids) != n {
		return fmt.Errorf("list children: %d, not %d", len(pids), n)
	}
	for _, pid := range pids {
		if err := syscall.Kill(pid, syscall.SIGTERM); err != nil {
			return fmt.Errorf("end child %d: %w", pid, err)
		}
	}
	for _, pid := range pids {
		if err := awaitEnd(ctx, pid); err != nil {
			return err
		}
	}
	return nil
}

// childrenOf lists the children of a process, zombies included.
func childrenOf(parent int) (pids []int, err error) {
	lists, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", parent))
	if err != nil || len(lists) == 0 {
		return nil, experiment.Unmet("the kernel does not list the children of a process")
	}
	for _, list := range lists {
		text, err := os.ReadFile(list)
		if err != nil {
			return nil, fmt.Errorf("list children: %w", err)
		}
		for field := range strings.FieldsSeq(string(text)) {
			pid, err := strconv.Atoi(field)
			if err != nil {
				return nil, fmt.Errorf("list children: %w", err)
			}
			pids = append(pids, pid)
		}
	}
	return pids, nil
}

// awaitEnd waits until a process is a zombie, or gone.
func awaitEnd(ctx context.Context, pid int) error {
	for ctx.Err() == nil {
		status, err := procfs.Process(pid)
		if errors.Is(err, os.ErrNotExist) || errors.Is(err, unix.ESRCH) || err == nil && status.State == procfs.Zombie {
			return nil
		}
		if err != nil {
			return err
		}
		runtime.Gosched()
	}
	return context.Cause(ctx)
}

func flow(r *experiment.Recorder, where string, to timeline.State, how timeline.Provenance, count int) {
	r.Event(timeline.Event{
		At: r.Since(), Provenance: how,
		Subject: timeline.Subject{Kind: timeline.Signal, ID: "SIGCHLD/" + where}, To: to,
		Attrs: []timeline.Attr{{Key: "count", Value: strconv.Itoa(count)}},
	})
}
