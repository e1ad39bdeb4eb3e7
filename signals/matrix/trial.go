package matrix

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"syscall"

	"lab.example/gopark/internal/child"
	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/hint"
	"lab.example/gopark/internal/procfs"
)

// What can happen to a program.
const (
	killed  = "killed"  // by this very signal
	dumped  = "exit-2"  // with status 2, after printing the signal and the goroutines
	stopped = "stopped" // as Ctrl-Z would
	silent  = "silent"  // it goes on and has noticed nothing
	arrived = "got"     // it goes on, and the signal came out of the channel
)

// office starts subjects: this same program again, with the environment in which it was
// itself started, and a part. Each is a process that knows nothing of the others.
type office struct {
	cat string
}

func newOffice() (office, error) {
	// No program that is killed here shall leave a core file behind.
	if err := syscall.Setrlimit(syscall.RLIMIT_CORE, &syscall.Rlimit{}); err != nil {
		return office{}, fmt.Errorf("forbid core files: %w", err)
	}
	cat, err := exec.LookPath("cat")
	if err != nil {
		return office{}, hint.With(experiment.Unmet("there is no cat here: %v", err), "install the program cat")
	}
	return office{cat: cat}, nil
}

// together is how many subjects there are at a time.
const together = 2

// matrix tries every signal in every mode.
func (o office) matrix(ctx context.Context) (experiment.Table, error) {
	columns := make([][]string, len(modes))
	errs := make([]error, len(modes))
	var workers sync.WaitGroup
	next := make(chan int)
	for range together {
		workers.Go(func() {
			for mode := range next {
				columns[mode], errs[mode] = o.column(ctx, mode)
			}
		})
	}
	for mode := range modes {
		next <- mode
	}
	close(next)
	workers.Wait()
	table := experiment.Table{Header: header()}
	if err := errors.Join(errs...); err != nil {
		return table, err
	}
	for s := syscall.Signal(1); s <= last; s++ {
		row := []any{int(s), name(s)}
		for _, fates := range columns {
			row = append(row, fates[s-1])
		}
		table.Add(row...)
	}
	return table, nil
}

// column tries every signal in one mode. A subject that has outlived a signal goes on
// with the next one; otherwise that gets a new subject.
func (o office) column(ctx context.Context, mode int) (fates []string, err error) {
	var t *trial
	for s := syscall.Signal(1); s <= last; s++ {
		if t == nil {
			if t, err = o.start(part{mode: mode}); err != nil {
				return nil, err
			}
			defer t.end()
		}
		fate, err := t.try(ctx, s)
		if err != nil {
			return nil, fmt.Errorf("signal %d, %s: %w", s, modes[mode].name, err)
		}
		fates = append(fates, fate)
		if fate != silent && fate != arrived {
			t.end()
			t = nil
		}
	}
	return fates, nil
}

// trial is one subject.
type trial struct {
	process   *exec.Cmd
	isCat     bool
	stderr    bytes.Buffer // complete when the process has been waited for
	questions *os.File
	answers   *os.File
	lines     *bufio.Scanner // of answers
}

// start starts a subject.
func (o office) start(p part) (*trial, error) {
	theirQuestions, questions, err := os.Pipe()
	if err != nil {
		return nil, fmt.Errorf("make pipe: %w", err)
	}
	defer theirQuestions.Close()
	answers, theirAnswers, err := os.Pipe()
	if err != nil {
		questions.Close()
		return nil, fmt.Errorf("make pipe: %w", err)
	}
	defer theirAnswers.Close()
	t := &trial{
		isCat:     modes[p.mode].prepare == nil,
		questions: questions,
		answers:   answers,
		lines:     bufio.NewScanner(answers),
	}
	if t.isCat {
		t.process = &exec.Cmd{Path: o.cat, Args: []string{"cat"}, Env: []string{}, Stdout: theirAnswers}
	} else {
		t.process = &exec.Cmd{
			Path: "/proc/self/exe", Args: os.Args,
			Env:        child.Again(subjectVariable + "=" + p.String()),
			ExtraFiles: []*os.File{theirAnswers}, // where its recorder writes
		}
	}
	t.process.Stdin, t.process.Stderr = theirQuestions, &t.stderr
	if err := t.process.Start(); err != nil {
		questions.Close()
		answers.Close()
		return nil, fmt.Errorf("start subject: %w", err)
	}
	return t, nil
}

// end leaves nothing of the subject. It may be called more than once.
func (t *trial) end() {
	if t.process.ProcessState == nil {
		_ = t.process.Process.Kill()
		_ = t.process.Wait()
	}
	t.questions.Close()
	t.answers.Close()
}

// try lets the subject prepare itself for the signal, and sends it.
func (t *trial) try(ctx context.Context, s syscall.Signal) (string, error) {
	question := strconv.Itoa(int(s))
	if t.isCat {
		question = ready
	}
	if answer := t.ask(question); answer != ready {
		t.end()
		return "", fmt.Errorf("subject is not ready: %q, %v: %s", answer, t.process.ProcessState, t.stderr.Bytes())
	}
	return t.send(ctx, s)
}

// ask returns the answer, or "" if the subject has ended.
func (t *trial) ask(question string) string {
	if _, err := t.questions.WriteString(question + "\n"); err != nil || !t.lines.Scan() {
		return ""
	}
	return strings.TrimPrefix(t.lines.Text(), "~ ")
}

// send sends the signal to the process and returns what became of it.
func (t *trial) send(ctx context.Context, s syscall.Signal) (string, error) {
	if err := t.process.Process.Signal(s); err != nil {
		return "", fmt.Errorf("send: %w", err)
	}
	state, err := t.settle(ctx, s)
	switch {
	case err != nil:
		return "", err
	case state == procfs.Stopped:
		return stopped, nil
	case state == procfs.Zombie:
		return t.howItEnded(s), nil
	}
	question := ""
	if t.isCat {
		question = silent // which it says back
	}
	if answer := t.ask(question); answer != "" {
		return answer, nil
	}
	return t.howItEnded(s), nil
}

// settle returns when the signal has done what it does: the process has ended (Zombie),
// or is stopped, or every thread is asleep and none is in a handler. That is certain, as
// sending a signal has made the thread runnable that will take it, and a thread that runs
// a handler of Go has every signal blocked.
func (t *trial) settle(ctx context.Context, s syscall.Signal) (procfs.State, error) {
	pid := t.process.Process.Pid
	for ; ctx.Err() == nil; yield() {
		// The order matters: as long as the signal is pending, a thread that was seen asleep
		// may take it yet.
		whole, err := procfs.Process(pid)
		if err != nil {
			return 0, err
		}
		if whole.State == procfs.Zombie {
			return procfs.Zombie, nil
		}
		if whole.Shared.Has(s) && whole.State != procfs.Stopped {
			continue
		}
		tasks, err := procfs.Tasks(pid)
		if err != nil {
			return 0, err
		}
		if state := common(tasks, s); state != 0 {
			return state, nil
		}
	}
	return 0, context.Cause(ctx)
}

// common returns the state in which all threads are, or 0 if they are not at rest: one
// that is missing was ending just now, and with it perhaps the process.
func common(tasks []procfs.Status, s syscall.Signal) procfs.State {
	var state procfs.State
	for i, task := range tasks {
		switch {
		case task.Threads != len(tasks):
			return 0
		case i > 0 && task.State != state:
			return 0
		case task.State != procfs.Sleeping && task.State != procfs.Stopped:
			return 0
		case task.State == procfs.Sleeping && (task.Pending.Has(s) || task.Blocked.Has(syscall.SIGBUS)):
			return 0
		}
		state = task.State
	}
	return state
}

// howItEnded takes the status of a process that has ended.
func (t *trial) howItEnded(s syscall.Signal) string {
	_ = t.process.Wait()
	status := t.process.ProcessState.Sys().(syscall.WaitStatus)
	switch {
	case status.Signaled() && status.Signal() == s:
		return killed
	case status.Signaled():
		return fmt.Sprintf("killed by %d", status.Signal())
	case status.ExitStatus() == 2 && strings.HasPrefix(t.stderr.String(), name(s)+": "):
		return dumped
	}
	return fmt.Sprintf("exit %d", status.ExitStatus())
}
