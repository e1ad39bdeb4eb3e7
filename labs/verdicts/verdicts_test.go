package verdicts

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
	"lab.example/gopark/labs/judge"
	"lab.example/gopark/labs/probe"
)

// The right verdicts stand nowhere in this file. This binary is started once more for each
// program, and what it then prints is read by the judge itself.

// variable names the program that this binary is to run, instead of its tests.
const variable = "GOPARK_KOAN"

func TestMain(m *testing.M) {
	if os.Getenv(variable) != "" {
		os.Exit(m.Run())
	}
	goleak.VerifyTestMain(m)
}

// koan is a program, what was predicted of it, and where to see more.
type koan struct {
	name       string
	program    func() error
	predicted  string
	experiment string
	beliefs    map[string]string // popular ones, and what the world would be like
}

func koans(p Prediction) []koan {
	return []koan{
		{"Waits", Waits, p.Waits, "panics/deadlock", map[string]string{
			"hang":  "as if nobody could tell who waits for ever from who waits for long",
			"leak":  "as if the test were over, and did not wait itself",
			"fatal": "as if the test were the whole program, which the runtime gives up",
			"pass":  "as if a goroutine that sends to a channel could not be waiting for its own receiver",
		}},
		{"Leaves", Leaves, p.Leaves, "ctxdemo/waiting", map[string]string{
			"pass":     "as if a goroutine that nobody waits for did not count",
			"deadlock": "as if the test itself were among those who wait",
			"hang":     "as if the test itself were among those who wait",
		}},
		{"Loses", Loses, p.Loses, "redpacket/counting", map[string]string{
			"race":  "as if every lost update were a data race",
			"flaky": "as if the two could meet in another order",
			"pass":  "as if atomic accesses made an atomic count",
		}},
		{"Closes", Closes, p.Closes, "panics/rescue", map[string]string{
			"pass":  "as if one goroutine could recover what another panics with",
			"fatal": "as if to close twice were a fatal error, which nobody could recover",
		}},
		{"Unlocks", Unlocks, p.Unlocks, "panics/fatal", map[string]string{
			"pass":   "as if a fatal error could be recovered like a panic",
			"panic":  "as if a fatal error were a panic",
			"assert": "as if the second Unlock came back, so that the error after it is returned",
		}},
		{"Writes", Writes, p.Writes, "panics/race", map[string]string{
			"pass":   "as if two that write the same value were no data race",
			"assert": "as if a data race had to show in the result",
			"fatal":  "as if the runtime looked for two that write a variable at the same time",
		}},
		{"Exits", Exits, p.Exits, "panics/ending", map[string]string{
			"pass":   "as if status 0 meant that the tests had passed",
			"assert": "as if the test had had the time to say something",
		}},
	}
}

// TestProgram is what this binary runs when it is started once more.
func TestProgram(t *testing.T) {
	name := os.Getenv(variable)
	for _, k := range koans(Prediction{}) {
		if k.name == name {
			probe.Bubble(t, func(t *testing.T) {
				if err := k.program(); err != nil {
					t.Fatal(err)
				}
			})
		}
	}
}

//go:embed answer.go
var answerSource string

func TestPrediction(t *testing.T) {
	if os.Getenv(variable) != "" {
		return
	}
	var programs []string
	for _, k := range koans(Prediction{}) {
		programs = append(programs, k.name)
	}
	probe.Predicted(t, answerSource, programs)
	for _, k := range koans(Predict()) {
		switch {
		case k.predicted == "":
			t.Fatalf("%s: nothing is predicted yet: want the name of a verdict", k.name)
		case !slices.Contains(judge.Verdicts, judge.Verdict(k.predicted)):
			t.Fatalf("%s: you wrote %q, which is not the name of a verdict", k.name, k.predicted)
		}
		found := judged(t, k.name)
		if string(found.Verdict) == k.predicted {
			continue
		}
		// Without the race detector a data race passes. So does what it would be without
		// one: every other bug would have shown here.
		if !raced() && found.Verdict == judge.Pass && k.predicted == string(judge.Race) {
			continue
		}
		why := k.beliefs[k.predicted]
		if why == "" {
			why = "and nothing in it ends so"
		}
		said := string(found.Verdict)
		if found.Verdict == judge.Pass {
			said = "pass, and only the race detector, which this run is without, could see more"
			if raced() {
				said = "pass"
			}
		} else {
			said += ": " + found.Message
		}
		t.Fatalf("%s: you wrote %q, %s; the judge found %q: see gopark run %s", k.name, k.predicted, why, said, k.experiment)
	}
}

// patience is for a machine that is very busy: each program ends at once.
const patience = 30 * time.Second

// judged has this binary run the program, and the judge read what came of it.
func judged(t *testing.T, name string) judge.Finding {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, self, "-test.v", "-test.failfast", "-test.paniconexit0", "-test.timeout=0", "-test.run=^TestProgram$")
	cmd.Env = child.Env(variable + "=" + name)
	var out, errs strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &errs
	cmd.WaitDelay = time.Second
	err = cmd.Run()
	run := judge.Run{Tests: []string{"TestProgram"}, Receipt: true}
	switch ended := new(exec.ExitError); {
	case ctx.Err() != nil:
		run.Status.Limit = child.Wall
	case err != nil && !errors.As(err, &ended):
		t.Fatal(err)
	}
	run.Stdout, run.Stderr = out.String(), errs.String()
	run.Status.Exit = cmd.ProcessState.ExitCode()
	if w := cmd.ProcessState.Sys().(syscall.WaitStatus); w.Signaled() {
		run.Status.Signal = w.Signal().String()
	}
	return judge.Read(run)
}

// raced reports whether this is a build for the race detector.
func raced() bool {
	info, ok := debug.ReadBuildInfo()
	return ok && slices.Contains(info.Settings, debug.BuildSetting{Key: "-race", Value: "true"})
}
