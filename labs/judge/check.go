package judge

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"
)

// buildStage is the name of what comes before the stages of a plan.
const buildStage = "build"

// checker is one check on its way.
type checker struct {
	shop   *workshop
	plan   Plan
	notify func(Event)
	plain  *binary
	race   *binary // nil until a stage wants it
	scores map[setting]score
	res    Result
}

func check(ctx context.Context, s Subject, p Plan, options []Option) (Result, error) {
	shop, err := newWorkshop(s)
	if err != nil {
		return Result{}, err
	}
	defer shop.close()
	c := &checker{shop: shop, plan: p, notify: func(Event) {}, scores: make(map[setting]score)}
	for _, option := range options {
		option(c)
	}
	if rejected, err := c.build(ctx); err != nil || rejected {
		return c.res, err
	}
	for _, stage := range p.Stages {
		if rejected, err := c.carryOut(ctx, stage); err != nil || rejected {
			return c.res, err
		}
	}
	if c.res.Verdict == Pass {
		c.res.Message = clean(c.res.Runs)
	}
	if c.res.Runs == 0 && c.res.Verdict == Pass {
		c.res.Finding = Finding{Verdict: Inconclusive, Message: "the plan runs no tests"}
	}
	return c.res, nil
}

// build makes the plain binary.
func (c *checker) build(ctx context.Context) (rejected bool, err error) {
	c.tell(buildStage, 0, 0)
	if c.plain, err = c.shop.build(ctx, false, !c.plan.NoVet); err != nil {
		return false, err
	}
	c.res.Finding = c.plain.finding
	c.res.Stages = []StageResult{{Name: buildStage, Verdict: c.plain.finding.Verdict}}
	if c.plain.finding.Verdict == Pass {
		return false, nil
	}
	c.res.Output = c.plain.output
	c.res.Evidence = &Evidence{Stage: buildStage, Command: c.plain.command, Exit: 1, Stdout: c.plain.output}
	return true, nil
}

// available returns what of a stage can be carried out, with the binaries that it needs,
// and a note if that is not all of it.
func (c *checker) available(ctx context.Context, stage Stage) (_ Stage, note string, ok bool, err error) {
	if !stage.Race {
		return stage, "", true, nil
	}
	if c.race == nil {
		if c.race, err = c.shop.build(ctx, true, false); err != nil {
			return stage, "", false, err
		}
	}
	if c.race.finding.Verdict == Inconclusive {
		stage, ok = stage.plainly()
		return stage, c.race.finding.Message, ok, nil
	}
	return stage, "", true, nil
}

// carryOut runs the processes of one stage, until one rejects the answer.
func (c *checker) carryOut(ctx context.Context, stage Stage) (rejected bool, err error) {
	sr := StageResult{Name: stage.Name, Verdict: Pass}
	c.tell(stage.Name, 0, c.planned(stage))
	stage, note, ok, err := c.available(ctx, stage)
	if err != nil {
		return false, err
	}
	if sr.Note = note; note != "" && c.res.Verdict == Pass {
		c.res.Finding = Finding{Verdict: Inconclusive, Message: "race: not checked: " + note}
	}
	if !ok {
		sr.Verdict = Inconclusive
	}
	defer func() { c.res.Stages = append(c.res.Stages, sr) }()
	settings := stage.settings()
	for ok && len(settings) > 0 && c.more(stage, sr.Runs) {
		s := settings[sr.Runs%len(settings)]
		run, f, err := c.run(ctx, &sr, s)
		if err != nil {
			return false, err
		}
		c.tell(stage.Name, sr.Runs, c.planned(stage))
		if f.Verdict == Pass {
			continue
		}
		kept := c.shop.evidence(stage.Name, run.setting, run)
		if f, err = c.settle(ctx, &sr, s, f); err != nil {
			return false, err
		}
		sr.Verdict, c.res.Finding, c.res.Output, c.res.Evidence = f.Verdict, f, run.Stdout+run.Stderr, kept
		return true, nil
	}
	return false, nil
}

// more reports whether a stage of which so many processes have ended has another one.
func (c *checker) more(stage Stage, runs int) bool {
	switch {
	case runs == 0:
		return true
	case c.plan.Budget > 0 && c.res.Spent >= c.plan.Budget:
		return false
	}
	return runs < stage.Runs || stage.Repeat && c.plan.Budget > 0
}

// planned is how many processes a stage has, or 0 if the budget decides.
func (c *checker) planned(stage Stage) int {
	if stage.Repeat && c.plan.Budget > 0 {
		return 0
	}
	return max(1, stage.Runs)
}

func (c *checker) tell(stage string, runs, of int) {
	c.notify(Event{Stage: stage, Runs: runs, Of: of, All: c.res.Runs, Spent: c.res.Spent, Budget: c.plan.Budget})
}

// run runs the tests once and counts how that went.
func (c *checker) run(ctx context.Context, sr *StageResult, s setting) (Run, Finding, error) {
	b := c.plain
	if s.race {
		b = c.race
	}
	told := s
	if told.seed == 0 {
		told.seed = rand.Uint64()>>11 | 1 // a JSON number is exact up to 2^53
	}
	begin := time.Now()
	run, err := c.shop.run(ctx, b, told, c.plan.Wall)
	c.res.Spent += time.Since(begin)
	if err != nil {
		return run, Finding{}, err
	}
	sr.Runs++
	c.res.Runs++
	f := Read(run)
	count := c.scores[s]
	if f.Verdict == Pass {
		count.passed++
	} else {
		count.failed++
	}
	c.scores[s] = count
	return run, f, nil
}

// How often an assertion that failed is tried again, to see whether it always does, and
// how often in all to say how often it does not.
const (
	confirmations = 2
	tries         = 10
)

// settle decides between assert and flaky, and leaves every other verdict as it is: a
// race that shows in one run of a hundred is a race, but of an assertion that fails now
// and then, this is what there is to know. Only runs with the same setting are compared.
func (c *checker) settle(ctx context.Context, sr *StageResult, s setting, f Finding) (Finding, error) {
	if f.Verdict != Assert || c.plan.Once {
		return f, nil
	}
	for tried := range tries {
		if c.scores[s].passed == 0 && tried == confirmations {
			return f, nil
		}
		if c.scores[s].passed > 0 && c.scores[s].runs() >= tries {
			break
		}
		if tried > 0 && c.plan.Budget > 0 && c.res.Spent >= c.plan.Budget {
			break
		}
		if _, _, err := c.run(ctx, sr, s); err != nil {
			return f, err
		}
	}
	if count := c.scores[s]; count.passed > 0 {
		f.Verdict = Flaky
		f.Message = fmt.Sprintf("%s (in %d of %d runs with GOMAXPROCS=%d%s)", f.Message, count.failed, count.runs(), s.procs, detector(s))
	}
	return f, nil
}

func detector(s setting) string {
	if s.race {
		return " and the race detector"
	}
	return ""
}

// rejects reports whether v is a verdict, and one against the answer.
func rejects(v Verdict) bool {
	return slices.Contains(Verdicts, v) && v != Pass && v != Inconclusive
}
