package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"lab.example/gopark/internal/child"
)

func TestMain(m *testing.M) {
	child.Main(serveChild)
	testscript.Main(leakChecked{m}, map[string]func(){"gopark": main})
}

// leakChecked looks for leaked goroutines after the tests. goleak.VerifyTestMain
// cannot be used: it does not return, and testscript has to clean up.
type leakChecked struct{ m *testing.M }

func (l leakChecked) Run() int {
	if code := l.m.Run(); code != 0 {
		return code
	}
	if err := goleak.Find(); err != nil {
		fmt.Fprintln(os.Stderr, "leaked goroutines:", err)
		return 1
	}
	return 0
}

// TestScript runs the transcripts in testdata/script. Every command line that the
// README or a page prints is in one of them.
func TestScript(t *testing.T) {
	root, err := os.Getwd()
	require.NoError(t, err)
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("ROOT", root)
			for _, name := range []string{"GOCACHE", "GOMODCACHE", "GOPATH", "HOME"} {
				out, err := exec.Command("go", "env", name).Output()
				if name == "HOME" {
					out, err = []byte(os.Getenv(name)), nil
				}
				if err != nil {
					return err
				}
				env.Setenv(name, string(slices.DeleteFunc(out, func(b byte) bool { return b == '\n' })))
			}
			return nil
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"status": status,
			"clone": func(ts *testscript.TestScript, _ bool, folders []string) {
				if len(folders) == 0 {
					folders = []string{"labs", "internal"} // what labs are compiled from
				}
				clone(ts, root, folders)
			},
		},
		Condition: func(name string) (bool, error) {
			if name == "race" {
				return child.RaceEnabled, nil
			}
			_, err := exec.LookPath(name)
			return err == nil, nil
		},
	})
}

// clone is the script command "clone [FOLDER ...]": it copies folders into the folder
// clone, where a script may do as it likes.
func clone(ts *testscript.TestScript, root string, folders []string) {
	to := ts.MkAbs("clone")
	for _, folder := range folders {
		ts.Check(os.CopyFS(filepath.Join(to, folder), os.DirFS(filepath.Join(root, folder))))
	}
	for _, file := range []string{"go.mod", "go.sum"} {
		text, err := os.ReadFile(filepath.Join(root, file))
		ts.Check(err)
		ts.Check(os.WriteFile(filepath.Join(to, file), text, 0o644))
	}
}

// status is the script command "status N command ...": the command must end with
// exactly this exit status.
func status(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: status N command [arguments]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		exit, ok := errors.AsType[*exec.ExitError](err)
		if !ok {
			ts.Fatalf("run %v: %v", args[1:], err)
		}
		got = exit.ExitCode()
	}
	if got != want {
		ts.Fatalf("%v ended with status %d, not %d", args[1:], got, want)
	}
}
