package judge

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"lab.example/gopark/internal/child"
	"lab.example/gopark/internal/hint"
	"lab.example/gopark/labs/judge/receipt"
)

// Limits of a process of tests besides its time.
const (
	plainMemory = 512 << 20
	raceMemory  = 2 << 30 // the race detector takes five to ten times as much
	maxOutput   = 1 << 20
	grace       = 2 * time.Second
)

// workshop is the folder in which one answer is judged, and what the go command has
// to know about it.
type workshop struct {
	Subject
	dir     string // temporary
	lock    *os.File
	root    string // Subject.Root without symbolic links, as the go command will see it
	folder  string // of the pristine lab, below root
	lab     lab
	source  []byte // the answer
	goTool  string
	overlay string // the file for -overlay
	trace   string // where the execution trace of the last process of tests goes, or ""
}

func newWorkshop(s Subject) (_ *workshop, err error) {
	w := &workshop{Subject: s}
	if w.goTool, err = exec.LookPath("go"); err != nil {
		return nil, hint.With(fmt.Errorf("find the go command: %w", err),
			"the judge compiles answers: install Go (https://go.dev/doc/install) and put its bin folder into PATH")
	}
	if w.root, err = filepath.EvalSymlinks(s.Root); err != nil {
		return nil, fmt.Errorf("find the module: %w", err)
	}
	w.folder = filepath.Join(w.root, filepath.FromSlash(s.Lab))
	if w.source, err = os.ReadFile(s.Answer); err != nil {
		return nil, fmt.Errorf("read the answer: %w", err)
	}
	if w.lab, err = readLab(w.folder); err != nil {
		return nil, err
	}
	if err := w.open(); err != nil {
		return nil, fmt.Errorf("make a folder to work in: %w", err)
	}
	if err := w.lay(); err != nil {
		w.close()
		return nil, fmt.Errorf("make a folder to work in: %w", err)
	}
	return w, nil
}

// Folders are named so, and hold a file that is locked as long as their judge lives.
const (
	dirPattern = "gopark-judge-*"
	lockFile   = "lock"
)

// open makes the folder, and removes those of judges that were killed before they could.
func (w *workshop) open() (err error) {
	sweep()
	if w.dir, err = os.MkdirTemp("", dirPattern); err != nil {
		return err
	}
	w.lock, err = os.OpenFile(filepath.Join(w.dir, lockFile), os.O_CREATE|os.O_RDWR, 0o600)
	if err == nil {
		err = syscall.Flock(int(w.lock.Fd()), syscall.LOCK_EX)
	}
	if err != nil {
		return errors.Join(err, os.RemoveAll(w.dir))
	}
	return nil
}

func (w *workshop) close() {
	_ = os.RemoveAll(w.dir)
	_ = w.lock.Close()
}

// newborn is how long a folder may be without its lock being held.
const newborn = time.Minute

// sweep removes the folders of judges that are no more. What it may not remove stays.
func sweep() {
	locks, _ := filepath.Glob(filepath.Join(os.TempDir(), dirPattern, lockFile))
	for _, name := range locks {
		info, err := os.Stat(name)
		if err != nil || time.Since(info.ModTime()) < newborn {
			continue
		}
		f, err := os.OpenFile(name, os.O_RDWR, 0)
		if err != nil {
			continue
		}
		if syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) == nil {
			_ = os.RemoveAll(filepath.Dir(name))
		}
		_ = f.Close()
	}
}

// run runs the tests once, as one process. Its working directory, which is where it also
// makes its temporary files, is its own and goes when it has ended: no run learns anything
// from those before it. Files of the lab it has to embed.
func (w *workshop) run(ctx context.Context, b *binary, s setting, wall time.Duration) (_ Run, err error) {
	dir, err := os.MkdirTemp(w.dir, "run-")
	if err != nil {
		return Run{}, fmt.Errorf("make a folder for the tests: %w", err)
	}
	defer os.RemoveAll(dir)
	secret, file := rand.Text(), dir+".secret"
	if err := os.WriteFile(file, []byte(secret), 0o600); err != nil {
		return Run{}, fmt.Errorf("make a folder for the tests: %w", err)
	}
	defer os.Remove(file)
	limits := child.Limits{Wall: wall, Grace: grace, Memory: plainMemory, Output: maxOutput}
	if b.race {
		limits.Memory = raceMemory
	}
	traced := dir + ".trace"
	var out, errs strings.Builder
	r := Run{
		Tests: slices.Concat(w.lab.tests, []string{receiptTest}), setting: s,
		// Without paniconexit0 an answer that calls os.Exit(0) passes. The time limit is
		// ours, not testing's, which does not hold before the first test.
		command: []string{b.path, "-test.v", "-test.failfast", "-test.paniconexit0", "-test.timeout=0"},
		env:     child.Env(fmt.Sprintf("GOMAXPROCS=%d", s.procs), fmt.Sprintf("%s=%d", SeedVariable, s.seed), "TMPDIR="+dir),
	}
	if w.trace != "" {
		r.command = append(r.command, "-test.trace="+traced)
	}
	r.Status, err = child.Run(ctx, child.Spec{
		Path: r.command[0], Args: r.command[1:], Dir: dir,
		Env:    append(slices.Clone(r.env), receipt.Variable+"="+file),
		Limits: limits,
		Output: func(s child.Stream, p []byte) {
			if s == child.Stdout {
				out.Write(p)
			} else {
				errs.Write(p)
			}
		},
		Reported: func(line string) { r.Receipt = r.Receipt || line == secret },
	})
	if err == nil && r.Status.Limit == child.Cancelled {
		err = context.Cause(ctx)
	}
	if w.trace != "" {
		err = errors.Join(err, keepTrace(traced, w.trace))
	}
	r.Stdout, r.Stderr = out.String(), errs.String()
	return r, err
}

// keepTrace moves a trace to where the reader wants it, which may be another file system.
func keepTrace(from, to string) error {
	text, err := os.ReadFile(from)
	if err == nil {
		err = os.WriteFile(to, text, 0o644)
	}
	if err != nil {
		return fmt.Errorf("keep the trace: %w", err)
	}
	return os.Remove(from)
}
