package labs

import (
	"context"
	"errors"
	"fmt"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"lab.example/gopark/internal/excerpt"
	"lab.example/gopark/labs/judge"
)

// The contract of a lab: what learners start from is rejected, the answer passes, and
// every answer that is known to be wrong is rejected for the reason that it states.

// fewest is how many wrong answers a lab has at least: a judge is trusted for the
// answers that it rejects.
const fewest = 3

// Promise is what a lab says about one of its answers.
type Promise struct {
	Name string       // "start", "answer", or what the mistake is called
	File string       // from the lab's folder, with slashes
	Want judge.Reason // its verdict is judge.Pass for the answer; without words, all are right
}

// Promises returns what l promises: of the start, of the answer, then of the wrong ones
// in the order of their names. The error says what the lab lacks, all of it.
func (l Lab) Promises() ([]Promise, error) {
	err := l.complete()
	all := []Promise{
		{Name: "start", File: "testdata/start.go", Want: judge.Reason{Verdict: judge.Assert}},
		{Name: "answer", File: "answer.go", Want: judge.Reason{Verdict: judge.Pass}},
	}
	wrong, globErr := fs.Glob(l.Files(), "testdata/wrong/*.go")
	err = errors.Join(err, globErr)
	if len(wrong) < fewest {
		err = errors.Join(err, fmt.Errorf("testdata/wrong has %d wrong answers, want at least %d: a judge is trusted for what it rejects", len(wrong), fewest))
	}
	for _, file := range wrong {
		p := Promise{Name: strings.TrimSuffix(path.Base(file), ".go"), File: file}
		source, readErr := fs.ReadFile(l.Files(), file)
		if readErr == nil {
			p.Want, readErr = judge.ParseReason(source)
		}
		if readErr != nil {
			err = errors.Join(err, fmt.Errorf("%s: %w", file, readErr))
		}
		all = append(all, p)
	}
	return all, err
}

// complete says which files a lab lacks, and what its page does.
func (l Lab) complete() (err error) {
	if !labName.MatchString(l.Name) || token.IsKeyword(l.Name) {
		err = fmt.Errorf("%q cannot be the name of a lab: lower-case letters and digits, such as firsterr", l.Name)
	}
	for _, name := range append(l.judged(), "page.md", "answer.go", "testdata/start.go") {
		if _, statErr := fs.Stat(l.Files(), name); statErr != nil {
			err = errors.Join(err, fmt.Errorf("there is no %s", name))
		}
	}
	text, readErr := fs.ReadFile(l.Files(), "page.md")
	if readErr != nil {
		return err
	}
	page := parsePage(string(text))
	return errors.Join(err, page.complete(), l.linked(page))
}

var pageLink = regexp.MustCompile(`\]\(([^)]+)\)`)

// linked says which links of a page lead to no declaration of l.
func (l Lab) linked(p Page) (err error) {
	for _, m := range pageLink.FindAllStringSubmatch(p.Task+p.Why, -1) {
		to, ok := excerpt.ParseLink(m[1])
		if !ok {
			err = errors.Join(err, fmt.Errorf("page.md: %q is no link to a declaration, such as %s.go#Name", m[1], l.Name))
			continue
		}
		if _, findErr := excerpt.Find(l.Files(), to.File, to.Name); findErr != nil {
			err = errors.Join(err, fmt.Errorf("page.md: %w", findErr))
		}
	}
	return err
}

// complete says what a page lacks.
func (p Page) complete() (err error) {
	lacks := func(missing bool, what string) {
		if missing {
			err = errors.Join(err, fmt.Errorf("page.md: %s", what))
		}
	}
	lacks(p.Title == "", "the first line is no title: want # Title")
	lacks(!strings.Contains(p.Task, "\n## Task\n"), "there is no ## Task")
	lacks(len(p.Hints) != 3, fmt.Sprintf("there are %d hints, want three below ## Hints: ### Hint 1 to ### Hint 3", len(p.Hints)))
	lacks(p.Why == "", "there is no explanation: want ## Why")
	lacks(strings.Contains(p.Task, "answer.go#"), "a link to the answer before ## Why gives it away")
	lacks(strings.Contains(p.Task+p.Why, "```"), "code in a page is code that nobody compiles: link to a declaration")
	return err
}

// ErrBroken is wrapped by what Hold returns if a promise is not kept. Other errors are
// about the machine.
var ErrBroken = errors.New("the contract is broken")

// Hold judges one of l's answers by a plan, and says whether that comes out which was
// promised. The current folder is in the module.
func (l Lab) Hold(ctx context.Context, p Promise, plan judge.Plan) (judge.Result, error) {
	w, err := here()
	if err != nil {
		return judge.Result{}, err
	}
	return w.hold(ctx, l, p, plan)
}

func (w work) hold(ctx context.Context, l Lab, p Promise, plan judge.Plan) (judge.Result, error) {
	file := filepath.Join(w.root, filepath.FromSlash(l.Folder()), filepath.FromSlash(p.File))
	res, err := judge.Check(ctx, w.subject(l, file), plan)
	if err != nil {
		return res, err
	}
	return res, p.kept(res)
}

// kept returns nil if res is what was promised, or if this machine cannot tell.
func (p Promise) kept(res judge.Result) error {
	if p.Unchecked(res) {
		return nil
	}
	err := p.Want.Met(res.Finding)
	if err == nil {
		return nil
	}
	if res.Place != "" {
		err = fmt.Errorf("%w, at %s", err, res.Place)
	}
	return fmt.Errorf("%w: %s: %w", ErrBroken, p.File, err)
}

// Unchecked reports whether res says nothing about p for lack of a race detector.
func (p Promise) Unchecked(res judge.Result) bool {
	return res.Verdict == judge.Inconclusive && (p.Want.Verdict == judge.Race || p.Want.Verdict == judge.Pass)
}

// UntilCaught is the plan that learners get, with another patience: what hangs is to be
// found soon, and nothing else is to be taken for it. It does not ask whether an assertion
// always fails: for a promise that makes no difference.
func (p Promise) UntilCaught() judge.Plan {
	plan := judge.Standard()
	plan.Wall, plan.Once = time.Minute, true
	if p.Want.Verdict == judge.Hang {
		plan.Wall = 3 * time.Second
	}
	return plan
}

// Often is a plan for answers that are to pass: so many processes, each with some
// GOMAXPROCS, plain or under the race detector.
func Often(processes int) judge.Plan {
	return judge.Plan{Wall: time.Minute, Stages: []judge.Stage{
		{Name: "answers", Plain: true, Race: true, Procs: []int{1, 2, 4}, Runs: processes},
	}}
}
