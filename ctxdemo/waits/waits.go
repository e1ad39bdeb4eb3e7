// Package waits asks: a goroutine is interrupted just before it takes a lock that is free. Does
// it get the lock?
//
// operations.go lists everything that can be waited for, and what an interrupt does to it, one
// line each; prepare.go has the functions. attempt.go interrupts a goroutine before or during
// an operation, java.go knows what a JVM did. chance.go does the same with a select. check
// compares. The page tells why.
package waits

import (
	"context"
	"embed"
	"errors"
	"fmt"

	"lab.example/gopark/ctxdemo"
	"lab.example/gopark/internal/experiment"
)

//go:embed page.md *.go testdata
var files embed.FS

// Experiment is the claim that what blocks looks at the flag first, with few exceptions, and
// those that report an interrupt clear it.
var Experiment = &experiment.Experiment{
	ID:       "ctxdemo/waits",
	Question: "A goroutine is interrupted. After that it calls LockInterruptibly on a lock that nobody holds. What happens?",
	Choices: []experiment.Choice{
		{
			Text:    "It gets the lock: there is nothing to wait for, so there is nothing to interrupt.",
			Because: "So it would be if the flag were looked at only when it has to wait. Then it would depend on somebody else's timing whether an interrupt is seen.",
		},
		{
			Text:    "It gets an error and not the lock, and its flag is clear.",
			True:    true,
			Because: "The flag is looked at before the lock. An operation that can report an interrupt does so at the first opportunity, whether it would have had to wait or not.",
		},
		{
			Text:    "It gets an error and not the lock, and its flag is still set.",
			Because: "Who reports an interrupt clears the flag: otherwise the next operation would report the same one again.",
		},
		{
			Text:    "One or the other, by chance.",
			Because: "That is what a select on the lock and on a done channel does, when both are ready. Here the flag is looked at first, and alone.",
		},
	},
	Run:    run,
	Check:  check,
	Claims: []string{"I3", "I4"},
	Files:  ctxdemo.Quoting(files),
}

type observed struct {
	Operations experiment.Table `obs:"/operations:rows"`
	chance
}

var header = []string{"operation", "interrupted", "outcome", "flag", "Java"}

// When a goroutine is interrupted.
const (
	while  = "while it waits"
	before = "before"
)

func run(ctx context.Context, r *experiment.Recorder) error {
	java, err := readJava()
	if err != nil {
		return err
	}
	seen := observed{Operations: experiment.Table{Header: header}}
	for _, c := range cases() {
		got, err := c.attempt(ctx)
		if err != nil {
			return fmt.Errorf("%s, interrupted %s: %w", c.name, c.when, err)
		}
		seen.Operations.Add(c.name, c.when, got.outcome, got.flag, java.beside(c, got))
	}
	seen.chance = takeChances()
	r.Record(seen)
	return nil
}

func check(o experiment.Observations) error {
	var seen observed
	if err := o.Decode(&seen); err != nil {
		return err
	}
	java, err := readJava()
	if err != nil {
		return err
	}
	return errors.Join(seen.Operations.Equals(expected(java), 2), seen.chance.check())
}

func expected(java javaRows) experiment.Table {
	want := experiment.Table{Header: header}
	for _, c := range cases() {
		want.Add(c.name, c.when, c.want.outcome, c.want.flag, java.beside(c, c.want.ending))
	}
	return want
}

// oneCase is an operation and when it is interrupted.
type oneCase struct {
	operation
	when string
	want *want
}

func cases() []oneCase {
	var all []oneCase
	for _, op := range operations {
		if op.while != nil {
			all = append(all, oneCase{op, while, op.while})
		}
		if op.before != nil {
			all = append(all, oneCase{op, before, op.before})
		}
	}
	return all
}
