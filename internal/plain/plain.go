// Package plain answers: how does a program end that is nothing but itself?
//
// The processes of the other experiments are this binary once more: main is busy with
// starting them and never returns, cgo may be linked in, the race detector or coverage may
// be on. For a question about main, init or the deadlock detector that is too much. Build
// makes a program of one file of source, Start runs it under a supervisor, Await meets it.
//
// Read plain.go (making it), process.go (running it), rest.go (has it come to rest?).
package plain

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"lab.example/gopark/internal/child"
	"lab.example/gopark/internal/experiment"
)

// Program is a program that was built.
type Program struct {
	Path string // to run it by; nobody can once the program is closed, or this process has ended

	dir  string   // to be removed; "" if it is gone
	file *os.File // what keeps the program when its folder is gone
}

// buildTime is very generous: the first time, the packages that the source imports are
// compiled as well.
const buildTime = 3 * time.Minute

// Build builds the program whose only file has this source, which may import the standard
// library only. It is built without cgo, unless env says "CGO_ENABLED=1". If it cannot be
// built, that is ErrUnmet, for these programs are known to be right: there is no go
// command, or something that the flags ask for is missing. The caller must close it.
func Build(ctx context.Context, source []byte, env []string, flags ...string) (_ *Program, err error) {
	dir, err := folder(source)
	if err != nil {
		return nil, err
	}
	made := &Program{Path: filepath.Join(dir, "program"), dir: dir}
	defer func() {
		if err != nil {
			_ = made.Close()
		}
	}()
	// Not go build, which links each time: go run keeps what it has linked.
	args := slices.Concat([]string{"run", "-trimpath", "-exec", "cp"}, flags, []string{"main.go", made.Path})
	end, err := command(ctx, dir, env, args...)
	if err != nil {
		return nil, err
	}
	if end.Exit != 0 {
		said := slices.DeleteFunc(end.Stderr, func(line string) bool { return strings.HasPrefix(line, "go: warning: ") })
		return nil, experiment.Unmet("a program could not be built: %s", strings.Join(said, " "))
	}
	return made, made.hide()
}

// BuildFile builds the program whose source is that file of files.
func BuildFile(ctx context.Context, files fs.FS, name string) (*Program, error) {
	source, err := fs.ReadFile(files, name)
	if err != nil {
		return nil, fmt.Errorf("read program: %w", err)
	}
	return Build(ctx, source, nil)
}

// GoRun has the go command run the program with this source, and returns how the go
// command ended.
func GoRun(ctx context.Context, source []byte, args ...string) (experiment.Ending, error) {
	dir, err := folder(source)
	if err != nil {
		return experiment.Ending{}, err
	}
	defer os.RemoveAll(dir)
	return command(ctx, dir, nil, append([]string{"run", "-trimpath", "main.go"}, args...)...)
}

// folderForm is the name of a folder in which a program is built.
const folderForm = "gopark-plain-*"

// folder makes a folder with the program in it, and removes those that nobody can be using
// any more: who is killed while the go command runs leaves one behind.
func folder(source []byte) (dir string, err error) {
	old, _ := filepath.Glob(filepath.Join(os.TempDir(), folderForm))
	for _, dir := range old {
		if info, err := os.Lstat(dir); err == nil && time.Since(info.ModTime()) > 2*buildTime {
			_ = os.RemoveAll(dir)
		}
	}
	if dir, err = os.MkdirTemp("", folderForm); err != nil {
		return "", fmt.Errorf("make folder: %w", err)
	}
	if err := os.WriteFile(filepath.Join(dir, "main.go"), source, 0o600); err != nil {
		os.RemoveAll(dir)
		return "", fmt.Errorf("write program: %w", err)
	}
	return dir, nil
}

// command runs the go command in dir. What it leaves behind when it is killed is there,
// too: GOTMPDIR.
func command(ctx context.Context, dir string, env []string, args ...string) (experiment.Ending, error) {
	env = append([]string{"CGO_ENABLED=0", "GOTMPDIR=" + dir}, env...)
	process, err := Start(ctx, child.Spec{
		Path: "go", Args: args, Dir: dir, Env: child.Env(env...),
		Limits: child.Limits{Wall: buildTime},
	})
	switch {
	case ctx.Err() != nil && err != nil:
		return experiment.Ending{}, context.Cause(ctx)
	case err != nil:
		return experiment.Ending{}, experiment.Unmet("a program must be built for this: %v", err)
	}
	return process.Ending()
}

// hide removes the folder and keeps the program: on Linux, an open file can be executed
// that has no name any more. So nothing is left behind if this process is killed from now
// on.
func (p *Program) hide() error {
	if runtime.GOOS != "linux" {
		return nil
	}
	f, err := os.Open(p.Path)
	if err != nil {
		return fmt.Errorf("open program: %w", err)
	}
	if err := os.RemoveAll(p.dir); err != nil {
		f.Close()
		return fmt.Errorf("remove folder: %w", err)
	}
	p.file, p.dir = f, ""
	p.Path = fmt.Sprintf("/proc/%d/fd/%d", os.Getpid(), f.Fd())
	return nil
}

// Close removes the program.
func (p *Program) Close() error {
	if p.file != nil {
		return p.file.Close()
	}
	return os.RemoveAll(p.dir)
}
