// Package rules asks: a client keeps in a struct the context that it was made with, and is
// used again for another request. What does that request get?
//
// Four rules of use come with every context: pass it as the first parameter, never pass nil,
// use values for what belongs to the request, and let what belongs to it end with it. structs.go,
// nils.go, values.go and ends.go have the programs that break them, one function and one line
// of a table each. check compares what happens with that line. The page tells why.
package rules

import (
	"context"
	"embed"
	"fmt"

	"lab.example/gopark/internal/experiment"
)

//go:embed page.md *.go testdata
var files embed.FS

// Experiment is the claim that the rules of use are about programs that compile, and go wrong.
var Experiment = &experiment.Experiment{
	ID:       "ctxdemo/rules",
	Question: "A client is made while the first request is served, and keeps that request's context in a struct. The request ends. A second request, alive and well, uses the client. What does its call return?",
	Choices: []experiment.Choice{
		{
			Text:    "The result: the second request's context is alive, and it is the second request that calls.",
			Because: "The call has no way of knowing that. Its context is the one in the struct, whoever calls.",
		},
		{
			Text:    "`context canceled`, although nobody has cancelled the second request.",
			True:    true,
			Because: "The context in the struct is that of the first request, which is over, so the client has been useless since.",
		},
		{
			Text:    "It does not compile, or go vet complains: contexts must not be in structs.",
			Because: "It is a rule, not a law. The compiler, go vet and staticcheck let it pass, and net/http itself has one in a struct.",
		},
		{
			Text:    "It panics: a context must not be used when its request has ended.",
			Because: "A context that is over can be asked for ever. It says that it is over.",
		},
	},
	Run:    run,
	Check:  check,
	Claims: []string{"C8", "C9", "C10", "C11"},
	Files:  files,
}

// program breaks a rule, or keeps it where one might think that it does not.
type program struct {
	name string
	run  func() string // what happens; a panic is caught
	want string
}

// rule is one of the four.
type rule struct {
	name     string
	programs []program
}

var rules = []rule{
	{"first parameter", structs},
	{"never nil", nils},
	{"values", values},
	{"ends with the request", ends},
}

func header() []string { return []string{"rule", "program", "what happens"} }

type observed struct {
	Programs experiment.Table `obs:"/programs:rows"`
}

func run(_ context.Context, r *experiment.Recorder) error {
	table := experiment.Table{Header: header()}
	for _, rule := range rules {
		for _, p := range rule.programs {
			table.Add(rule.name, p.name, p.happens())
		}
	}
	r.Record(observed{table})
	return nil
}

// happens runs the program and returns what it says, or its panic.
func (p program) happens() (what string) {
	defer func() {
		if v := recover(); v != nil {
			what = fmt.Sprint("panic: ", v)
		}
	}()
	return p.run()
}

func check(o experiment.Observations) error {
	var seen observed
	if err := o.Decode(&seen); err != nil {
		return err
	}
	want := experiment.Table{Header: header()}
	for _, rule := range rules {
		for _, p := range rule.programs {
			want.Add(rule.name, p.name, p.want)
		}
	}
	return seen.Programs.Equals(want, 2)
}
