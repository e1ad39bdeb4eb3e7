// Package group asks: a member of an errgroup panics. What does Wait return?
//
// members.go holds the programs, cases says what each must come to, run runs them, check
// compares. picture.go draws three of them. The page tells why.
package group

import (
	"context"
	"embed"

	"lab.example/gopark/internal/experiment"
)

//go:embed page.md *.go testdata
var files embed.FS

// Experiment is the claim that errgroup's Wait takes a member that panics for one that has
// succeeded.
var Experiment = &experiment.Experiment{
	ID:       "panics/group",
	Question: "One member of an errgroup panics. main is in g.Wait(), and calls os.Exit(0) if that returns nil. How can this program end?",
	Choices: []experiment.Choice{
		{
			Text:    "Only with 2 and a panic on stderr: a panic in a goroutine ends the program, so Wait does not return.",
			Because: "It would be so if Wait were woken by the end of the member. It is woken by a deferred function of the member, and deferred functions run while the panic is on its way.",
		},
		{
			Text:    "Only with 1: the group recovers the panic, and Wait returns it as an error.",
			Because: "Some libraries do that. errgroup does not, and says why in its source: a panic that is turned into an error comes late, or never.",
		},
		{
			Text:    "With 0 and nothing on stderr: Wait returns nil, and main is faster than the panic.",
			True:    true,
			Because: "The deferred function that reports the member as done runs during the panic. No error has been noted, so Wait returns nil, and then two goroutines race for the end of the process.",
		},
		{
			Text:    "Only with 2, but the panic comes out of g.Wait() in main.",
			Because: "A panic stays in its goroutine. Somebody would have to recover it there and panic with it again here, and errgroup does not.",
		},
	},
	Knobs: []experiment.Knob{
		{Name: "tries", Unit: "runs", Doc: "how often the race is run without help", Default: 10, Min: 0, Max: 300},
	},
	Run:     run,
	Actors:  actors(),
	Check:   check,
	AnyKnob: true,
	Claims:  []string{"P6"},
	Files:   files,
}

// outcome is what a program must come to.
type outcome struct {
	name     string // of the program, and of its actor
	member   string // what the member does
	run      program
	returned string // what Wait returned: "nil", "error"; "never"
	status   string
	first    string // the first line on stderr
}

// cases is what is claimed, a line for each program.
var cases = []outcome{
	{"errgroup.Group.Go", "panics", trust, "nil", "exit 0", ""},
	{"WaitGroup.Add, defer Done", "panics", once, "nil", "exit 0", ""},
	{"WaitGroup.Go", "panics", careful, "never", "exit 2", "panic: lost [recovered, repanicked]"},
	{"errgroup.Group.Go", "calls Goexit", goexit, "nil", "exit 0", ""},
	{"errgroup.Group.Go", "panics, recovers, returns an error", told, "error", "exit 1", ""},
}

// theRace is the actor of the program that nobody helps.
const theRace = "race"

func actors() map[string]experiment.Body {
	all := map[string]experiment.Body{theRace: actor(quick)}
	for _, c := range cases {
		all[c.actor()] = actor(c.run)
	}
	return all
}

func (c outcome) actor() string { return c.name + ": " + c.member }

type observed struct {
	Programs experiment.Table `obs:"/programs:rows"`
	Tries    int64            `obs:"/race/tries:runs"`
	Escaped  int64            `obs:"/race/exit-zero:runs"` // how many of them ended with 0: left to chance, and not judged
}

var header = []string{"started by", "the member", "Wait returned", "ended with", "first line on stderr"}

func run(ctx context.Context, r *experiment.Recorder) error {
	table := experiment.Table{Header: header}
	for _, c := range cases {
		a, err := r.Start(ctx, c.actor())
		if err != nil {
			return err
		}
		end, err := a.Ending()
		if err != nil {
			return err
		}
		first := ""
		if len(end.Stderr) > 0 {
			first = end.Stderr[0]
		}
		table.Add(c.name, c.member, returned(a), end, first)
		draw(r, c, returned(a), end)
	}
	seen := observed{Programs: table, Tries: int64(r.Knob("tries"))}
	for range seen.Tries {
		a, err := r.Start(ctx, theRace)
		if err != nil {
			return err
		}
		end, err := a.Ending()
		if err != nil {
			return err
		}
		if end.Exit == 0 {
			seen.Escaped++
		}
	}
	r.Record(seen)
	return nil
}

// returned is what Wait has returned in a process that has ended.
func returned(a *experiment.Actor) string {
	for _, what := range []string{"nil", "error"} {
		if a.Reached(what) {
			return what
		}
	}
	return "never"
}

func check(o experiment.Observations) error {
	var seen observed
	if err := o.Decode(&seen); err != nil {
		return err
	}
	want := experiment.Table{Header: header}
	for _, c := range cases {
		want.Add(c.name, c.member, c.returned, c.status, c.first)
	}
	return seen.Programs.Equals(want, 2)
}
