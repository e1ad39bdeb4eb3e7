package judge

import (
	"fmt"
	"math"
	"time"
)

// Plan says how thoroughly.
type Plan struct {
	Stages []Stage       // in order, after a plain build; the first that rejects the answer is the last to run
	Wall   time.Duration // for each process of tests

	// Budget is for all processes of tests together; what the compiler takes does not
	// count. It is looked at between two processes, and every stage has at least one. 0
	// means that there is none.
	Budget time.Duration

	// NoVet leaves out go vet, for who asks what else would have found the bug.
	NoVet bool

	// Once leaves an assertion at its first failure. Else it is tried again, to tell assert
	// from flaky.
	Once bool
}

// Stage is one way to run the tests, as processes one after another. The tests are
// compiled at most twice: plain, and under the race detector. On a machine without a C
// compiler a stage with both makes do with the plain ones, and a pass is inconclusive.
type Stage struct {
	Name        string
	Plain, Race bool   // with which binaries, in turn
	Procs       []int  // with which values of GOMAXPROCS, in turn
	Runs        int    // processes, as far as the budget allows; at least one
	Repeat      bool   // goes on after that until the budget is spent
	Seed        uint64 // of all processes; 0 means that each has another
}

// The three stages of a plan. The first is what go test does: most bugs in a bubble show
// every time. The second finds memory that nothing orders. The third is for what depends
// on who comes first: the race detector also shuffles the run queues, few Ps bring other
// orders than many, and a process that begins anew has nothing in its favour.
func stages(stress Stage) []Stage {
	stress.Name, stress.Plain, stress.Race, stress.Procs = "stress", true, true, []int{1, 2, 4}
	return []Stage{
		{Name: "tests", Plain: true, Procs: []int{2}, Runs: 1},
		{Name: "race", Race: true, Procs: []int{2}, Runs: 1},
		stress,
	}
}

// Watch is the plan for an answer that has just been saved, while somebody waits.
func Watch() Plan {
	return Plan{Wall: 10 * time.Second, Budget: 3 * time.Second, Stages: stages(Stage{Runs: 58})}
}

// Standard is the plan for an answer that somebody asks about.
func Standard() Plan {
	return Plan{Wall: 10 * time.Second, Budget: 10 * time.Second, Stages: stages(Stage{Runs: 58})}
}

// Verify is the plan for an answer that is to be trusted.
func Verify() Plan {
	return Plan{Wall: 10 * time.Second, Budget: 30 * time.Second, Stages: stages(Stage{Runs: 58, Repeat: true})}
}

// setting is what may make one process of tests differ from another.
type setting struct {
	race  bool
	procs int
	seed  uint64
}

// settings are those that a stage takes in turn. The binaries change fastest.
func (s Stage) settings() []setting {
	var all []setting
	for _, procs := range s.Procs {
		for _, race := range []bool{false, true} {
			if race && s.Race || !race && s.Plain {
				all = append(all, setting{race: race, procs: procs, seed: s.Seed})
			}
		}
	}
	return all
}

// plainly is what is left of a stage where there is no race detector.
func (s Stage) plainly() (_ Stage, ok bool) {
	s.Race = false
	return s, s.Plain
}

// OneIn returns how rare a bug may be and still show itself with 95 % in at least one of
// so many runs: "once in that many runs". It is the largest whole k with
// (1-1/k)^runs <= 5 %, close to runs/3; 0 if even k=2 is too much for so few.
func OneIn(runs int) int {
	if runs < 1 {
		return 0
	}
	k := int(1 / (1 - math.Pow(0.05, 1/float64(runs))))
	if k < 2 {
		return 0
	}
	return k
}

// clean is what so many runs without a fault mean.
func clean(runs int) string {
	s := fmt.Sprintf("%d/%d clean", runs, runs)
	if k := OneIn(runs); k > 0 {
		return fmt.Sprintf("%s: a bug that shows once in %d runs would have been caught with 95 %%", s, k)
	}
	return s + ": too few runs to catch a bug that shows now and then"
}

// score is how the processes with one setting have ended.
type score struct{ passed, failed int }

func (s score) runs() int { return s.passed + s.failed }
