package exitcodes

import (
	"context"
	_ "embed"
	"errors"
	"os"
	"os/exec"
	"runtime/debug"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"

	"lab.example/gopark/internal/child"
	"lab.example/gopark/labs/probe"
)

// The right numbers stand nowhere in this file. They are what the kernel says of processes
// that are started here.

// variable names the program that this binary is to be, instead of its tests.
const variable = "GOPARK_KOAN"

func TestMain(m *testing.M) {
	if name := os.Getenv(variable); name != "" {
		for _, k := range koans(Prediction{}) {
			if k.name == name {
				k.program()
			}
		}
		os.Exit(0) // as when main returns
	}
	goleak.VerifyTestMain(m)
}

// koan is a program, what was predicted of it, and where to see more.
type koan struct {
	name       string
	program    func()
	predicted  int
	experiment string
	beliefs    map[int]string // popular ones, and what the world would be like
}

func koans(p Prediction) []koan {
	return []koan{
		{"Returns", Returns, p.Returns, "panics/ending", map[int]string{
			2: "as if a program waited for its goroutines before it ends",
			1: "as if it were a failure to leave goroutines behind",
		}},
		{"Panics", Panics, p.Panics, "panics/exitcode", map[int]string{
			1:   "as if a panic ended the process like any other error",
			134: "as if a panic ended the process by SIGABRT",
		}},
		{"Elsewhere", Elsewhere, p.Elsewhere, "panics/rescue", map[int]string{
			0: "as if one goroutine could recover what another panics with",
			1: "as if a panic ended the process like any other error",
		}},
		{"Unlocks", Unlocks, p.Unlocks, "panics/fatal", map[int]string{
			0: "as if a fatal error could be recovered like a panic",
			1: "as if a fatal error ended the process like any other error",
		}},
		{"Goexits", Goexits, p.Goexits, "panics/deadlock", map[int]string{
			0: "as if the end of the main goroutine were always the end of the program",
			1: "as if a deadlock ended the process like any other error",
		}},
		{"Exits", Exits, p.Exits, "panics/ending", map[int]string{
			1:   "as if os.Exit ran what has been deferred",
			255: "as if a status that is too large were cut to the largest",
			256: "as if a status could be larger than a byte",
			2:   "as if a status that is too large were an error",
		}},
		{"LastWord", LastWord, p.LastWord, "panics/exitcode", map[int]string{
			2: "as if the panic had been decided before the deferred functions run",
			0: "as if a deferred call of os.Exit recovered the panic and were forgotten",
		}},
		{"Killed", Killed, p.Killed, "panics/ending", map[int]string{
			1:   "as if a signal ran what has been deferred",
			2:   "as if the runtime turned the signal into a panic",
			15:  "as if a signal's number were the status itself",
			137: "as if every signal were SIGKILL",
			0:   "as if a process that was asked to end had ended well",
			255: "as if a shell had one number for all that did not exit",
		}},
	}
}

//go:embed answer.go
var answerSource string

func TestPrediction(t *testing.T) {
	var fields []string
	for _, k := range koans(Prediction{}) {
		fields = append(fields, k.name)
	}
	named := probe.Predicted(t, answerSource, fields)
	for _, k := range koans(Predict()) {
		if !slices.Contains(named, k.name) {
			t.Fatalf("%s: nothing is predicted yet: answer.go leaves it out; want the number that a shell shows, also if it is 0", k.name)
		}
		if k.predicted == -1 {
			t.Fatalf("%s: nothing is predicted yet: want the number that a shell shows", k.name)
		}
		if k.name == "Goexits" && raced() {
			continue // this build has threads of C, so the runtime never says "deadlock"
		}
		status, said := run(t, k.name)
		if k.predicted == status {
			continue
		}
		why := k.beliefs[k.predicted]
		if why == "" {
			why = "and no way to end gives that number here"
		}
		t.Fatalf("%s: you wrote %d, %s; the program ended with %d and said %q: see gopark run %s", k.name, k.predicted, why, status, said, k.experiment)
	}
}

// patience is for a machine that is very busy: each program ends at once.
const patience = 30 * time.Second

// run has this binary be the program, and returns what a shell would show, and the first
// line that the program has printed.
func run(t *testing.T, name string) (status int, said string) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, self)
	cmd.Env = child.Env(variable + "=" + name)
	var out strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &out
	cmd.WaitDelay = time.Second
	err = cmd.Run()
	if ctx.Err() != nil {
		t.Fatalf("hang: %s has not ended after %v", name, patience)
	}
	if ended := new(exec.ExitError); err != nil && !errors.As(err, &ended) {
		t.Fatal(err)
	}
	said, _, _ = strings.Cut(out.String(), "\n")
	if w := cmd.ProcessState.Sys().(syscall.WaitStatus); w.Signaled() {
		return 128 + int(w.Signal()), said
	}
	return cmd.ProcessState.ExitCode(), said
}

// raced reports whether this is a build for the race detector.
func raced() bool {
	info, ok := debug.ReadBuildInfo()
	return ok && slices.Contains(info.Settings, debug.BuildSetting{Key: "-race", Value: "true"})
}
