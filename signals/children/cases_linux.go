package children

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"slices"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"

	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/procfs"
)

// oneCase is something that can become of a child.
type oneCase struct {
	name string // as in expected
	see  func(ctx context.Context) (string, error)
}

// household is a parent, in a process of its own, and the cases that it tries.
type household struct {
	name   string
	before []func() error // what it does first: it concerns all its children
	cases  []oneCase
}

// households are all of them. To try another case, add it here and to expected.
var households = []household{
	{name: "ordinary", cases: []oneCase{
		{"its input ends: what wait reports (the usual end)", ofDead(waitFor)},
		{"killed while it runs: what wait reports", killed},
		{"ended, not waited for: its state", ofDead(state)},
		{"ended, not waited for: its memory", ofDead(memory)},
		{"ended, not waited for: its command line", ofDead(commandLine)},
		{"ended, not waited for: signal 0", ofDead(signalZero)},
		{"ended, not waited for: SIGKILL", ofDead(sendKill)},
		{"ended, not waited for: os.Process.Signal(0)", ofDead(processSignal)},
		{"ended, killed, then waited for: how it ended", ofDead(sendKill, waitFor)},
		{"ended, looked at by WNOWAIT: its state", ofDead(lookAt, state)},
		{"waited for: signal 0", ofDead(waitFor, signalZero)},
		{"waited for: os.Process.Signal(0)", ofDead(waitFor, processSignal)},
		{"ended, waited for twice: the second os.Process.Wait", ofDead(waitFor, waitFor)},
		{"its parent has ended: its new parent", orphan(newParent)},
		{noneBelow, orphanBelow},
		{"Pdeathsig, the thread that started it ends", startedBy(unix.SIGKILL, threadThatEnds)},
		{"Pdeathsig, the goroutine that started it ends", startedBy(unix.SIGKILL, goroutineThatEnds)},
		{"no Pdeathsig, the thread that started it ends", startedBy(0, threadThatEnds)},
	}},
	{name: "subscribed", before: doing(notify), cases: []oneCase{
		{"ended, SIGCHLD subscribed to: its state", ofDead(state)},
	}},
	{name: "ignoring", before: doing(ignore), cases: []oneCase{
		{"ended, SIGCHLD ignored: signal 0", ofDead(signalZero)},
		{"ended, SIGCHLD ignored: exec.Cmd.Run", runCommand},
	}},
	{name: "reset", before: doing(ignore, reset), cases: []oneCase{
		{"ended, SIGCHLD ignored, then Reset: exec.Cmd.Run", runCommand},
	}},
	{name: "listening", before: doing(ignore, notify), cases: []oneCase{
		{"ended, SIGCHLD ignored, then Notify: exec.Cmd.Run", runCommand},
	}},
	{name: "resigned", before: doing(adopt, resign), cases: []oneCase{
		{"its parent has ended, I was a subreaper: new parent", orphan(newParent)},
	}},
	{name: "adopting", before: doing(adopt), cases: []oneCase{
		{"its parent has ended, I am a subreaper: new parent", orphan(newParent)},
		{"its parent has ended, I am a subreaper: wait for it", orphan(waitForOrphan)},
	}},
}

// nameVariable names the household to a parent.
const nameVariable = "CHILDREN_HOUSEHOLD"

// parent tries the cases of its household and prints a line for each.
func parent(ctx context.Context, _ *experiment.Recorder) error {
	i := slices.IndexFunc(households, func(h household) bool { return h.name == os.Getenv(nameVariable) })
	if i < 0 {
		return fmt.Errorf("no household %q", os.Getenv(nameVariable))
	}
	for _, do := range households[i].before {
		if err := do(); err != nil {
			return err
		}
	}
	for _, c := range households[i].cases {
		seen, err := c.see(ctx)
		if err != nil {
			return fmt.Errorf("%s: %w", c.name, err)
		}
		fmt.Println(seen)
	}
	return nil
}

// runCases starts a parent for each household.
func runCases(ctx context.Context, r *experiment.Recorder) error {
	table := experiment.Table{Header: header()}
	for _, h := range households {
		a, err := r.Start(ctx, "parent", nameVariable+"="+h.name)
		if err != nil {
			return err
		}
		end, err := a.Ending()
		switch {
		case err != nil:
			return err
		case end.String() != "exit 0" || len(end.Stdout) != len(h.cases):
			return fmt.Errorf("the %s parent ended with %v: %q %q", h.name, end, end.Stdout, end.Stderr)
		}
		for i, c := range h.cases {
			table.Add(c.name, end.Stdout[i])
		}
	}
	r.Value("/cases:rows", table)
	return nil
}

type see = func(context.Context) (string, error)

func doing(all ...func() error) []func() error { return all }

// Dispositions of SIGCHLD, and of orphans.
func notify() error { signal.Notify(make(chan os.Signal, 1), syscall.SIGCHLD); return nil }
func ignore() error { signal.Ignore(syscall.SIGCHLD); return nil }
func reset() error  { signal.Reset(syscall.SIGCHLD); return nil }
func adopt() error  { return unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) }
func resign() error { return unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0) }

// ofDead looks at a child that has ended, and has not been waited for. It does several
// things in turn, and returns what it saw last.
func ofDead(looks ...func(p *os.Process) (string, error)) see {
	return func(ctx context.Context) (seen string, err error) {
		cmd, input, err := start(0)
		if err != nil {
			return "", err
		}
		if err := input.Close(); err != nil {
			return "", err
		}
		if err := awaitEnd(ctx, cmd.Process.Pid); err != nil {
			return "", err
		}
		for _, look := range looks {
			if seen, err = look(cmd.Process); err != nil {
				return "", err
			}
		}
		return seen, nil
	}
}

// start starts a child that lives for as long as its input is open. If its parent dies,
// by which the thread is meant that has started it, it is sent the signal.
func start(death syscall.Signal) (cmd *exec.Cmd, input *os.File, err error) {
	cat, err := program("cat")
	if err != nil {
		return nil, nil, err
	}
	read, write, err := os.Pipe()
	if err != nil {
		return nil, nil, err
	}
	defer read.Close()
	cmd = &exec.Cmd{Path: cat, Args: []string{"cat"}, Stdin: read, SysProcAttr: &syscall.SysProcAttr{Pdeathsig: death}}
	return cmd, write, cmd.Start()
}

func program(name string) (string, error) {
	path, err := exec.LookPath(name)
	if err != nil {
		return "", experiment.Unmet("needs %s as a child: %v", name, err)
	}
	return path, nil
}

func state(p *os.Process) (string, error) {
	status, err := procfs.Process(p.Pid)
	return status.State.String(), err
}

func memory(p *os.Process) (string, error) {
	status, err := procfs.Process(p.Pid)
	return fmt.Sprint(status.RSS, " bytes"), err
}

func commandLine(p *os.Process) (string, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", p.Pid))
	if len(text) == 0 {
		return "empty", err
	}
	return string(text), err
}

func signalZero(p *os.Process) (string, error) { return outcomeOf(syscall.Kill(p.Pid, 0)), nil }

func sendKill(p *os.Process) (string, error) {
	return outcomeOf(syscall.Kill(p.Pid, syscall.SIGKILL)), nil
}

func processSignal(p *os.Process) (string, error) { return outcomeOf(p.Signal(syscall.Signal(0))), nil }

func waitFor(p *os.Process) (string, error) {
	status, err := p.Wait()
	if err != nil {
		return outcomeOf(err), nil
	}
	return status.String(), nil
}

// lookAt asks for the end of a child and leaves it where it is.
func lookAt(p *os.Process) (string, error) {
	return "", unix.Waitid(unix.P_PID, p.Pid, nil, unix.WEXITED|unix.WNOWAIT, nil)
}

func killed(context.Context) (string, error) {
	cmd, input, err := start(0)
	if err != nil {
		return "", err
	}
	defer input.Close()
	if err := cmd.Process.Kill(); err != nil {
		return "", err
	}
	return waitFor(cmd.Process)
}

func runCommand(context.Context) (string, error) {
	cat, err := program("cat")
	if err != nil {
		return "", err
	}
	return outcomeOf(exec.Command(cat).Run()), nil // its input is empty
}

func outcomeOf(err error) string {
	switch errno, ok := err.(syscall.Errno); {
	case err == nil:
		return "success"
	case ok:
		return unix.ErrnoName(errno)
	}
	return strings.TrimSpace(err.Error())
}
