// Package judge answers: what is the name of the bug in this answer?
//
// A lab is a folder: given code, a reference answer in answer.go, and tests. Check
// compiles the folder with a candidate in the place of answer.go (go test -overlay:
// nothing on disk changes, so a learner who edits the tests fools nobody), runs the
// tests in processes that may not outstay their limits, and reads what they printed.
//
// Read judge.go (the contract), plan.go (how thoroughly), check.go (the course of a
// check), reason.go (what a known-wrong answer must die of), complaint.go and read.go
// with tests.go and stacks.go (from output to verdict: pure functions), evidence.go (what
// is kept), policy.go and package receipt (how an answer is kept from judging itself),
// workshop.go with build.go (the go command and the processes).
package judge

import (
	"context"
	"fmt"
	"time"
)

// Verdict names the bug.
type Verdict string

const (
	Pass     Verdict = "pass"
	Build    Verdict = "build"    // does not compile
	Vet      Verdict = "vet"      // compiles, but go vet -vet=all knows better
	Assert   Verdict = "assert"   // does something else than it should
	Flaky    Verdict = "flaky"    // does so in some runs only, and nothing else is known about it
	Race     Verdict = "race"     // unordered access to memory
	Deadlock Verdict = "deadlock" // every goroutine waits for another
	Leak     Verdict = "leak"     // something is left over: a goroutine, a task, a context
	Hang     Verdict = "hang"     // had not ended when its time was up
	Panic    Verdict = "panic"    // a panic that nothing recovered
	Fatal    Verdict = "fatal"    // the runtime gave up, or a limit other than time was met
	Exit     Verdict = "exit"     // the process ended before the tests had

	// Inconclusive means that everything that could be checked is in order, but not
	// everything could be.
	Inconclusive Verdict = "inconclusive"
)

// Verdicts are all of them, the good one first.
var Verdicts = []Verdict{Pass, Build, Vet, Assert, Flaky, Race, Deadlock, Leak, Hang, Panic, Fatal, Exit, Inconclusive}

// Subject is what is judged.
type Subject struct {
	Root   string // folder of the module's go.mod
	Lab    string // folder of the lab below Root, with slashes: "labs/firsterr"
	Answer string // the file that takes the place of the lab's answer.go
}

// Finding is a verdict with its reasons.
type Finding struct {
	Verdict Verdict
	Message string // one sentence for the learner; of a Pass, how much it means
	Place   string // "answer.go:23" where it is known, else the judge's own "firsterr_test.go:40", else ""
	Test    string // the test that found it, or ""
}

// Result is what Check found.
type Result struct {
	Finding
	Stages   []StageResult
	Runs     int           // processes of tests that ended
	Spent    time.Duration // in them
	Output   string        // what the go command, or the process that decided, printed
	Evidence *Evidence     // of what decided, to keep and to make again; nil of a Pass
}

// StageResult is what one stage found. A stage is missing if an earlier one rejected
// the answer.
type StageResult struct {
	Name    string
	Verdict Verdict // Inconclusive if it could not be carried out
	Runs    int
	Note    string // why it, or a part of it, could not be carried out
}

// Event tells what a check is doing. There is one when a stage begins, and one after each
// of its processes.
type Event struct {
	Stage  string        // "build", or a stage of the plan
	Runs   int           // processes of the stage that are over
	Of     int           // as many are planned; 0 if nobody can tell
	All    int           // processes of all stages that are over
	Spent  time.Duration // of the budget
	Budget time.Duration // of the plan
}

// Option changes how Check does its work.
type Option func(*checker)

// OnEvent has f told what goes on. It is called by the goroutine that called Check, which
// waits for it.
func OnEvent(f func(Event)) Option { return func(c *checker) { c.notify = f } }

// WithTrace has every process of tests write an execution trace, as go test -trace does, and
// leaves that of the last one in file, for go tool trace or golang.org/x/exp/trace. The
// trace of a process that was killed ends early, and one of a build there is none.
func WithTrace(file string) Option { return func(c *checker) { c.shop.trace = file } }

// Check judges an answer. An error means that it could not be judged at all: there is
// no go command, ctx ended, or the lab itself does not compile. It is never about the
// answer.
//
// When ctx ends, everything that has been started is killed at once, and the error wraps
// ctx's cause. Checks may run at the same time.
func Check(ctx context.Context, s Subject, p Plan, options ...Option) (Result, error) {
	res, err := check(ctx, s, p, options)
	if err != nil {
		return Result{}, fmt.Errorf("judge %s: %w", s.Answer, err)
	}
	return res, nil
}
