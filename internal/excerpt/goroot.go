package excerpt

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"lab.example/gopark/internal/hint"
)

// ErrNoGoroot reports that no Go tree with its sources was found.
var ErrNoGoroot = errors.New("no Go source tree on this machine")

// Goroot is Find in the sources of the reader's own Go tree: file is a path below
// its src folder, Goroot("runtime/proc.go", "runqput"). It cannot reach a file
// outside of that folder. The tree is the one that the go command in PATH would
// build with, or else the one that $GOROOT names; it is looked for once. If neither
// has sources, the error wraps ErrNoGoroot.
func Goroot(file, name string) (Excerpt, error) {
	dir, err := goroot()
	if err != nil {
		return Excerpt{}, fmt.Errorf("find %s in %s: %w", name, file, err)
	}
	return findIn(dir, file, name)
}

var goroot = sync.OnceValues(func() (string, error) {
	return locate(goEnvRoot(), os.Getenv("GOROOT"))
})

// goEnvRoot asks the go command, which knows about toolchains that go.mod selects.
// It returns "" if there is none.
func goEnvRoot() string {
	// It answers at once, unless it is a wrapper that waits for something.
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	out, err := exec.CommandContext(ctx, "go", "env", "GOROOT").Output()
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(out))
}

// locate returns the first of the folders that is a Go tree with its sources.
func locate(candidates ...string) (string, error) {
	for _, dir := range candidates {
		if dir == "" {
			continue
		}
		if info, err := os.Stat(filepath.Join(dir, "src", "runtime")); err == nil && info.IsDir() {
			return dir, nil
		}
	}
	return "", hint.With(ErrNoGoroot,
		"put the go command into PATH, or set GOROOT to an unpacked Go distribution that has a src folder")
}

// findIn is Find in the src folder of the Go tree dir.
func findIn(dir, file, name string) (Excerpt, error) {
	// A Root, unlike os.DirFS, does not follow a symbolic link out of the tree.
	root, err := os.OpenRoot(filepath.Join(dir, "src"))
	if err != nil {
		return Excerpt{}, fmt.Errorf("find %s in %s: %w", name, file, err)
	}
	defer root.Close()
	e, err := Find(root.FS(), file, name)
	if err != nil {
		return Excerpt{}, fmt.Errorf("quote the Go tree: %w", err)
	}
	e.GoVersion = version(dir)
	return e, nil
}

// version returns the first line of the tree's VERSION file. A tree that was built
// from a checkout of Go's repository has none: "devel".
func version(dir string) string {
	text, err := os.ReadFile(filepath.Join(dir, "VERSION"))
	if err != nil {
		return "devel"
	}
	line, _, _ := strings.Cut(string(text), "\n")
	return strings.TrimSpace(line)
}
