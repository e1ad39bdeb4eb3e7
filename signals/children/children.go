// Package children asks: fifty children of a process die, and it calls wait once for each
// SIGCHLD. How many zombies are left?
//
// crowd_linux.go is that process and those who kill its children. cases_linux.go lists what
// else can become of a child, one function each, orphans_linux.go what becomes of it when
// its parent goes. check says what must come out. The page tells why.
package children

import (
	"context"
	"embed"
	"errors"
	"strings"

	"lab.example/gopark/internal/experiment"
)

//go:embed page.md *.go testdata
var files embed.FS

// Experiment is the claim that a child remains a zombie until it is waited for, and that
// SIGCHLD does not say how many there are.
var Experiment = &experiment.Experiment{
	ID:       "signals/children",
	Question: "A process has 50 children and has subscribed to SIGCHLD. For each signal that arrives it calls wait once. It is stopped, and all 50 children die; then it is continued. When no more signals come, how many of the children are still zombies?",
	Choices: []experiment.Choice{
		{
			Text:    "None: each child sends a signal when it dies, so there are 50 signals and 50 calls of wait.",
			Because: "Each of them sends one. But a standard signal that is pending already cannot become pending again: 49 of them change nothing.",
		},
		{
			Text:    "49: one signal arrives, and one child is waited for.",
			True:    true,
			Because: "The kernel has one bit for SIGCHLD. The signal says that there is something to wait for, not how much: after it, wait must be called until there is nothing left.",
		},
		{
			Text:    "None: whoever asks for SIGCHLD leaves the rest to the kernel.",
			Because: "It is the other way round: the kernel clears dead children away only for a process that ignores SIGCHLD.",
		},
		{
			Text:    "50: a process that is stopped gets no signals.",
			Because: "It handles none while it is stopped. What has been sent stays pending, as far as there is room for it, and arrives when it goes on.",
		},
	},
	Knobs: []experiment.Knob{
		{Name: "children", Unit: "processes", Doc: "how many die", Default: 50, Min: 1, Max: 200},
	},
	Run:     run,
	Actors:  map[string]experiment.Body{"crowd": crowd, "parent": parent},
	Check:   check,
	AnyKnob: true,
	Needs:   experiment.Needs{Linux: true},
	Claims:  []string{"S15"},
	Files:   files,
}

// observed is what the crowd and the parents have seen. Each crowd is made twice: while
// the first one dies its parent is stopped, and waits once a signal; while the second one
// dies it runs, and waits until there is nothing left.
type observed struct {
	Children int64            `obs:"/children/died:processes"` // of each crowd
	Pending  int64            `obs:"/stopped/pending:signals"` // in the kernel, when all had died
	Stopped  int64            `obs:"/stopped/received:signals"`
	Once     int64            `obs:"/stopped/reaped:processes"`
	Zombies  int64            `obs:"/stopped/left:zombies"`
	Running  int64            `obs:"/running/received:signals"`
	Loop     int64            `obs:"/running/reaped:processes"`
	Cases    experiment.Table `obs:"/cases:rows"`
}

func header() []string { return []string{"case", "what is seen"} }

func run(ctx context.Context, r *experiment.Recorder) error {
	r.Value("/children/died:processes", r.Knob("children"))
	if err := runCrowd(ctx, r); err != nil {
		return err
	}
	return runCases(ctx, r)
}

func check(o experiment.Observations) error {
	var seen observed
	if err := o.Decode(&seen); err != nil {
		return err
	}
	table := seen.Cases
	return errors.Join(seen.checkCrowd(), checkCases(table))
}

func (seen observed) checkCrowd() error {
	switch {
	case seen.Pending != 1:
		return experiment.Refuted("%d children had died, and %d SIGCHLD were pending", seen.Children, seen.Pending)
	case seen.Stopped != 1:
		return experiment.Refuted("%d SIGCHLD arrived at the process that was stopped, not 1", seen.Stopped)
	case seen.Once != 1:
		return experiment.Refuted("one call of wait for each signal reaped %d children, not 1", seen.Once)
	case seen.Zombies != seen.Children-1:
		return experiment.Refuted("%d of %d children were zombies after that, not all but one", seen.Zombies, seen.Children)
	case seen.Running < 1 || seen.Running > seen.Children:
		return experiment.Refuted("%d SIGCHLD arrived at the process that was running, of %d children", seen.Running, seen.Children)
	case seen.Loop != seen.Children:
		return experiment.Refuted("waiting until there is nothing left reaped %d of %d children", seen.Loop, seen.Children)
	}
	return nil
}

// expected is what must be seen in each case.
var expected = map[string]string{
	"ended, not waited for: its state":                    "Z",
	"ended, not waited for: its memory":                   "0 bytes",
	"ended, not waited for: its command line":             "empty",
	"ended, not waited for: signal 0":                     "success",
	"ended, not waited for: SIGKILL":                      "success",
	"ended, not waited for: os.Process.Signal(0)":         "success",
	"ended, killed, then waited for: how it ended":        "exit status 0",
	"ended, looked at by WNOWAIT: its state":              "Z",
	"waited for: signal 0":                                "ESRCH",
	"waited for: os.Process.Signal(0)":                    "os: process already finished",
	"ended, SIGCHLD subscribed to: its state":             "Z",
	"ended, SIGCHLD ignored: signal 0":                    "ESRCH",
	"ended, SIGCHLD ignored: exec.Cmd.Run":                "waitid: no child processes",
	"ended, SIGCHLD ignored, then Reset: exec.Cmd.Run":    "waitid: no child processes",
	"ended, SIGCHLD ignored, then Notify: exec.Cmd.Run":   "success",
	"its parent has ended: its new parent":                "the next subreaper above",
	"its parent has ended, I am a subreaper: new parent":  "I",
	"its parent has ended, I was a subreaper: new parent": "the next subreaper above",
	noneBelow: "its process 1",
	"its parent has ended, I am a subreaper: wait for it": "exit status 0",
	"Pdeathsig, the thread that started it ends":          "signal: killed",
	"Pdeathsig, the goroutine that started it ends":       "exit status 0",
	"no Pdeathsig, the thread that started it ends":       "exit status 0",
	"its input ends: what wait reports (the usual end)":   "exit status 0",
	"killed while it runs: what wait reports":             "signal: killed",
	"ended, waited for twice: the second os.Process.Wait": "wait: no child processes",
}

// noneBelow is the case in which no process that could be asked is a subreaper.
const noneBelow = "its parent has ended, no subreaper in its PID namespace: new parent"

// notMeasured is in place of what is seen, with the reason, where there can be no namespace.
const notMeasured = "not measured here: "

func checkCases(table experiment.Table) error {
	want := experiment.Table{Header: header()}
	for name, outcome := range expected {
		if row := table.Row(name); name == noneBelow && row != nil && strings.HasPrefix(row[1], notMeasured) {
			outcome = row[1]
		}
		want.Add(name, outcome)
	}
	return table.Equals(want, 1)
}
