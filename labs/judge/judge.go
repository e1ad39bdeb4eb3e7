// Package judge answers: what is the name of the bug in this answer?
//
// A lab is a folder: given code, a reference answer in answer.go, and tests. Check
// compiles the folder with a candidate in the place of answer.go (go test -overlay:
// nothing on disk changes, so a learner who edits the tests fools nobody), runs the
// tests in processes that may not outstay their limits, and reads what they printed.
//
// Read judge.go (the contract), reason.go (what a known-wrong answer must die of),
// complaint.go and read.go with tests.go and stacks.go (from output to verdict: pure
// functions), workshop.go (the go command and the processes).
package judge

import (
	"context"
	"fmt"
	"os"
	"slices"
	"time"
)

// Verdict names the bug.
type Verdict string

const (
	Pass     Verdict = "pass"
	Build    Verdict = "build"    // does not compile
	Vet      Verdict = "vet"      // compiles, but go vet -vet=all knows better
	Assert   Verdict = "assert"   // does something else than it should
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
var Verdicts = []Verdict{Pass, Build, Vet, Assert, Race, Deadlock, Leak, Hang, Panic, Fatal, Exit, Inconclusive}

// rejects reports whether v is a verdict, and one against the answer.
func rejects(v Verdict) bool {
	return slices.Contains(Verdicts, v) && v != Pass && v != Inconclusive
}

// Subject is what is judged.
type Subject struct {
	Root   string // folder of the module's go.mod
	Lab    string // folder of the lab below Root, with slashes: "labs/firsterr"
	Answer string // the file that takes the place of the lab's answer.go
}

// Plan says how thoroughly.
type Plan struct {
	Stages []Stage       // in order, after a plain build; the first that rejects the answer is the last to run
	Wall   time.Duration // for each process of tests
}

// Stage is one way to run the tests, as several processes one after another. The tests
// are compiled at most twice: plain, and under the race detector.
type Stage struct {
	Name    string
	Race    bool  // under the race detector
	Procs   []int // the values of GOMAXPROCS
	Repeats int   // processes for each of them
}

// Standard is the plan for an answer that a learner has just saved.
func Standard() Plan {
	return Plan{
		Wall: 10 * time.Second,
		Stages: []Stage{
			{Name: "tests", Procs: []int{1, 2}, Repeats: 1},
			{Name: "race", Race: true, Procs: []int{1, 2}, Repeats: 2},
		},
	}
}

// Finding is a verdict with its reasons.
type Finding struct {
	Verdict Verdict
	Message string // one sentence for the learner; "" if it is Pass
	Place   string // "answer.go:23" where it is known, else the judge's own "firsterr_test.go:40", else ""
	Test    string // the test that found it, or ""
}

// Result is what Check found.
type Result struct {
	Finding
	Stages []StageResult
	Runs   int    // processes of tests that ended
	Output string // what the go command, or the process that decided, printed
}

// StageResult is what one stage found. A stage is missing if an earlier one rejected
// the answer.
type StageResult struct {
	Name    string
	Verdict Verdict // Inconclusive if it could not be carried out
	Runs    int
	Note    string // why it could not be carried out
}

// Check judges an answer. An error means that it could not be judged at all: there is
// no go command, ctx ended, or the lab itself does not compile. It is never about the
// answer.
func Check(ctx context.Context, s Subject, p Plan) (Result, error) {
	res, err := check(ctx, s, p)
	if err != nil {
		return Result{}, fmt.Errorf("judge %s: %w", s.Answer, err)
	}
	return res, nil
}

func check(ctx context.Context, s Subject, p Plan) (res Result, err error) {
	w, err := newWorkshop(s)
	if err != nil {
		return res, err
	}
	defer os.RemoveAll(w.dir)

	plain, err := w.build(ctx, false)
	if err != nil {
		return res, err
	}
	res.Finding = plain.finding
	res.Stages = []StageResult{{Name: "build", Verdict: plain.finding.Verdict}}
	if plain.finding.Verdict != Pass {
		res.Output = plain.output
		return res, nil
	}
	var race *binary
	for _, stage := range p.Stages {
		b := plain
		if stage.Race {
			if race == nil {
				if race, err = w.build(ctx, true); err != nil {
					return res, err
				}
			}
			b = race
		}
		if note := b.finding.Message; b.finding.Verdict == Inconclusive {
			res.Stages = append(res.Stages, StageResult{Name: stage.Name, Verdict: Inconclusive, Note: note})
			res.Finding = Finding{Verdict: Inconclusive, Message: fmt.Sprintf("%s: not checked: %s", stage.Name, note)}
			continue
		}
		rejected, err := w.carryOut(ctx, stage, b, p.Wall, &res)
		if err != nil || rejected {
			return res, err
		}
	}
	if res.Runs == 0 && res.Verdict == Pass {
		res.Finding = Finding{Verdict: Inconclusive, Message: "the plan runs no tests"}
	}
	return res, nil
}

// carryOut runs the processes of one stage, until one rejects the answer.
func (w *workshop) carryOut(ctx context.Context, stage Stage, b *binary, wall time.Duration, res *Result) (rejected bool, err error) {
	sr := StageResult{Name: stage.Name, Verdict: Pass}
	defer func() { res.Stages = append(res.Stages, sr) }()
	for range stage.Repeats {
		for _, procs := range stage.Procs {
			run, err := w.run(ctx, b, procs, wall)
			if err != nil {
				return false, err
			}
			sr.Runs++
			res.Runs++
			if f := Read(run); f.Verdict != Pass {
				sr.Verdict, res.Finding, res.Output = f.Verdict, f, run.Stdout+run.Stderr
				return true, nil
			}
		}
	}
	return false, nil
}
