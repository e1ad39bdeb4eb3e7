package judge

import (
	"cmp"
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"lab.example/gopark/internal/child"
	"lab.example/gopark/internal/stacks"
)

// Evidence is what is kept of the run that decided, so that it can be looked at later and
// made again. It is plain data, and can be written down as JSON.
type Evidence struct {
	Stage   string        `json:"stage"`   // "build", or a stage of the plan
	Race    bool          `json:"race"`    // under the race detector
	Procs   int           `json:"procs"`   // GOMAXPROCS; 0 for a build
	Seed    uint64        `json:"seed"`    // what the tests were told by SeedVariable; 0 for a build
	Command []string      `json:"command"` // the go command, or the process of tests; paths are those of the folder it ran in, which is gone
	Env     []string      `json:"env"`     // of a process of tests, complete; nil for a build, which has the environment of the judge
	Exit    int           `json:"exit"`    // exit status; -1 if a signal ended it
	Signal  string        `json:"signal"`  // "SIGKILL"; or ""
	Limit   string        `json:"limit"`   // why it was stopped: "stopped after 10s of wall-clock time"; or ""
	Wall    time.Duration `json:"wall"`    // nanoseconds
	Stdout  string        `json:"stdout"`  // a build says everything here
	Stderr  string        `json:"stderr"`
	Dump    string        `json:"dump"`   // the stacks of its goroutines, as the runtime printed them; or ""
	Groups  []Group       `json:"groups"` // the same for people: goroutines that do the same in the same place, those in the answer before others, then most first
}

// Group is goroutines that do the same in the same place of a lab's folder.
type Group struct {
	Count int      `json:"count"`
	Doing string   `json:"doing"` // "chan send", "running"; in a race "write" or "read"
	Stack []string `json:"stack"` // innermost first, "Run.func1 answer.go:23"; only what is in the lab
	From  string   `json:"from"`  // the go statement, "answer.go:19"; or ""
}

// SeedVariable is the environment variable with the number from which a test that draws
// at random should take its seed. What the runtime draws, nobody can set.
const SeedVariable = "GOPARK_SEED"

// Replay judges the answer again by the one thing that rejected it before: up to times
// processes of tests with the same binary, GOMAXPROCS and seed; or the build. What
// depends on luck may pass this time: Result.Message says how much that means.
func Replay(ctx context.Context, s Subject, e Evidence, times int, options ...Option) (Result, error) {
	p := Plan{Wall: Standard().Wall}
	if e.Stage != buildStage {
		p.Stages = []Stage{{Name: e.Stage, Plain: !e.Race, Race: e.Race, Procs: []int{e.Procs}, Runs: times, Seed: e.Seed}}
	}
	return Check(ctx, s, p, options...)
}

// evidence is what is kept of a run.
func (w *workshop) evidence(stage string, s setting, r Run) *Evidence {
	e := &Evidence{
		Stage: stage, Race: s.race, Procs: s.procs, Seed: s.seed, Command: r.command, Env: r.env,
		Exit: r.Status.Exit, Signal: r.Status.Signal, Limit: r.Status.Reason, Wall: r.Status.Wall,
		Stdout: r.Stdout, Stderr: r.Stderr,
	}
	e.Dump = dump(r.Stderr)
	e.Groups = groups(e.Dump)
	if r.Status.Limit == child.None {
		if accesses := racing(r.Stderr); len(accesses) > 0 {
			e.Dump, e.Groups = raceReport(r.Stderr), accesses
		}
	}
	return e
}

// dump returns the part of stderr that shows goroutines.
func dump(stderr string) string {
	i := strings.Index("\n"+stderr, "\ngoroutine ")
	if i < 0 {
		return ""
	}
	return stderr[i:]
}

// groups groups the goroutines of a dump that have to do with the folder of the answer.
func groups(dump string) []Group { return group(stacks.Parse(dump)) }

func group(all []stacks.Goroutine) []Group {
	var found []Group
	folder := folderOf(all)
	for _, g := range all {
		one := Group{Count: 1, Doing: g.Wait, Stack: within(folder, g.Frames)}
		if filepath.Dir(g.Created.File) == folder {
			one.From = at(g.Created)
		}
		if folder == "" || len(one.Stack) == 0 && one.From == "" {
			continue
		}
		i := slices.IndexFunc(found, func(o Group) bool {
			return o.Doing == one.Doing && o.From == one.From && slices.Equal(o.Stack, one.Stack)
		})
		if i < 0 {
			found = append(found, one)
		} else {
			found[i].Count++
		}
	}
	slices.SortStableFunc(found, func(a, b Group) int {
		return cmp.Or(b.answers()-a.answers(), b.Count-a.Count)
	})
	return found
}

// answers is 1 if the group has to do with the answer, and 0 if only with the judge.
func (g Group) answers() int {
	if strings.Contains(strings.Join(append(g.Stack, g.From), "\n"), answerFile) {
		return 1
	}
	return 0
}

// folderOf returns the folder of the first answer.go on the stacks, or "".
func folderOf(all []stacks.Goroutine) string {
	for _, g := range all {
		for _, f := range append(slices.Clone(g.Frames), g.Created) {
			if filepath.Base(f.File) == answerFile {
				return filepath.Dir(f.File)
			}
		}
	}
	return ""
}

// within renders the frames in folder.
func within(folder string, frames []stacks.Frame) []string {
	var stack []string
	for _, f := range frames {
		if filepath.Dir(f.File) == folder {
			name := f.Func[strings.LastIndexByte(f.Func, '/')+1:]
			_, name, _ = strings.Cut(name, ".") // the package is the lab's
			stack = append(stack, name+" "+at(f))
		}
	}
	return stack
}

func at(f stacks.Frame) string { return fmt.Sprintf("%s:%d", filepath.Base(f.File), f.Line) }

// racing returns the two accesses of the first race report in stderr.
func racing(stderr string) []Group {
	var all []stacks.Goroutine
	for paragraph := range strings.SplitSeq(raceReport(stderr), "\n\n") {
		head, stack, _ := strings.Cut(paragraph, "\n")
		if a := accessForm.FindStringSubmatch(head); a != nil {
			// As a goroutine's, but that it is indented.
			stack = strings.ReplaceAll("\n"+stack, "\n  ", "\n")
			all = append(all, stacks.Parse("goroutine 1 ["+strings.ToLower(a[1]+a[2])+"]:"+stack)...)
		}
	}
	return group(all)
}
