package child

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"lab.example/gopark/internal/hint"
)

const maxArg = 64 << 10

var errArg = errors.New("argument is too long")

// Run starts what spec says and waits for its end.
func Run(ctx context.Context, spec Spec) (Status, error) {
	p, err := Start(ctx, spec)
	if err != nil {
		return Status{}, err
	}
	return p.Wait()
}

// Start starts what spec says, under a supervisor, and returns when the process
// has been started. The process is stopped when ctx ends or a limit is met. Its
// resources are released at its end, whether or not Wait is called.
//
// On Linux this process becomes a child subreaper with the first call: orphans
// anywhere below it become its children.
func Start(ctx context.Context, spec Spec) (*Process, error) {
	if !mainCalled {
		panic("child: Start without Main: the first statement of main, and of TestMain, must be child.Main")
	}
	if ctx.Err() != nil {
		return nil, fmt.Errorf("start %s: %w", spec.name(), context.Cause(ctx))
	}
	spec.Limits = spec.Limits.withDefaults()
	plan, err := spec.plan(rand.Text())
	if err != nil {
		return nil, fmt.Errorf("start %s: %w", spec.name(), err)
	}
	if err := adoptOrphans(); err != nil {
		return nil, fmt.Errorf("start %s: become a child subreaper: %w", spec.name(), err)
	}
	p, err := start(ctx, spec, plan)
	if err != nil {
		return nil, fmt.Errorf("start %s: %w", spec.name(), err)
	}
	if err := p.awaitStart(ctx); err != nil {
		return nil, fmt.Errorf("start %s: %w", spec.name(), err)
	}
	return p, nil
}

// adoptOrphans makes this process a subreaper: what is left when a process kills
// its supervisor falls to us.
var adoptOrphans = sync.OnceValue(becomeSubreaper)

func (s Spec) name() string {
	if s.Body != "" {
		return s.Body
	}
	return s.Path
}

// defaultMemory is in bytes. The race detector's shadow memory is private and writable,
// too.
func defaultMemory() int64 {
	if RaceEnabled {
		return 2 << 30
	}
	return 512 << 20
}

// defaultWall is longer with the race detector, under which everything takes longer.
func defaultWall() time.Duration {
	if RaceEnabled {
		return 40 * time.Second
	}
	return 10 * time.Second
}

func (l Limits) withDefaults() Limits {
	l.Wall = cmp.Or(l.Wall, defaultWall())
	l.Memory = cmp.Or(l.Memory, defaultMemory())
	l.Output = cmp.Or(l.Output, 1<<20)
	l.Report = cmp.Or(l.Report, 8<<20)
	l.File = cmp.Or(l.File, 64<<20)
	return l
}

// plan is what the supervisor is told.
func (s Spec) plan(token string) (p plan, err error) {
	p = plan{Token: token, Dir: s.Dir, Env: s.Env, Memory: s.Limits.Memory, File: s.Limits.File}
	if p.Env == nil {
		p.Env = Env()
	}
	for _, name := range []string{envRole, envBody, envArg} {
		p.Env = unsetenv(p.Env, name)
	}
	p.Env = setenv(p.Env, envRun+"="+runs(token))
	if err := checkDir(s.Dir); err != nil {
		return p, err
	}
	switch {
	case (s.Body == "") == (s.Path == ""):
		panic("child: set either Spec.Body or Spec.Path")
	case s.Body != "":
		if len(s.Arg) > maxArg {
			return p, hint.With(fmt.Errorf("%w: %s", errArg, size(int64(len(s.Arg)))), "at most %s can be handed over", size(maxArg))
		}
		p.Path, err = executable()
		p.Args = []string{os.Args[0], roleBody}
		p.Env = append(p.Env, envRole+"="+roleBody, envBody+"="+s.Body,
			envArg+"="+base64.StdEncoding.EncodeToString(s.Arg))
	default:
		p.Args = append([]string{s.Path}, s.Args...)
		if p.Path, err = exec.LookPath(s.Path); err != nil {
			return p, hint.With(err, "is %s installed, executable, and its folder in PATH?", s.Path)
		}
		p.Path, err = filepath.Abs(p.Path)
	}
	return p, err
}

// checkDir finds out what the error of a failed start would not say.
func checkDir(dir string) error {
	if dir == "" {
		return nil
	}
	info, err := os.Stat(dir)
	if err == nil && !info.IsDir() {
		err = &os.PathError{Op: "enter", Path: dir, Err: syscall.ENOTDIR}
	}
	return hint.With(err, "Spec.Dir must be an existing folder")
}

// runs is the value of envRun for what this process starts.
func runs(token string) string {
	if outer := os.Getenv(envRun); outer != "" {
		return outer + "." + token
	}
	return token
}

// start starts the supervisor, and everything on this side that listens to it.
func start(ctx context.Context, spec Spec, plan plan) (*Process, error) {
	pipes, err := newPipes()
	if err != nil {
		return nil, err
	}
	supervisor, err := startSupervisor(pipes, plan.Token)
	pipes.closeTheirs()
	if err != nil {
		pipes.closeOurs()
		return nil, fmt.Errorf("start supervisor: %w", err)
	}
	p := newProcess(spec, plan.Token, supervisor, pipes.control.write)
	p.listen(ctx, pipes)
	if err := writePlan(pipes.control.write, plan); err != nil { // also when enforce has lost patience
		p.kill()
	}
	return p, nil
}

func startSupervisor(pipes pipes, token string) (*os.Process, error) {
	self, err := executable()
	if err != nil {
		return nil, err
	}
	cmd := &exec.Cmd{
		Path:   self,
		Args:   []string{os.Args[0], roleSupervise},
		Env:    []string{envRole + "=" + roleSupervise, envRun + "=" + runs(token)},
		Stdout: pipes.stdout.write,
		Stderr: pipes.stderr.write,
		// These become fdControl, fdStatus and fdReport.
		ExtraFiles:  []*os.File{pipes.control.read, pipes.status.write, pipes.report.write},
		SysProcAttr: &syscall.SysProcAttr{Setpgid: true}, // a terminal's Ctrl-C is not for it
	}
	err = cmd.Start()
	return cmd.Process, err
}

// awaitStart waits until the process runs. If it cannot run, nothing is left of it
// when awaitStart returns the reason.
func (p *Process) awaitStart(ctx context.Context) error {
	select {
	case <-p.running:
		return nil
	case <-p.exited:
	}
	select {
	case <-p.running: // and ended
		return nil
	default:
	}
	<-p.over
	switch {
	case errors.Is(p.failure, syscall.ENOEXEC):
		return hint.With(p.failure, "it is not a program for this machine, or a script without #!")
	case p.failure != nil:
		return p.failure
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case p.orphaned:
		return nil // by the process, it may be, which was quicker than the word that it runs
	}
	return hint.With(errors.New("its supervisor ended without a word"), "what it printed has been handed to Spec.Output")
}
