// Package sockets asks: a goroutine is blocked in a read from a socket and is interrupted.
// What becomes of the read, and what of the connection?
//
// cases.go lists what is interrupted, when, and in which of three modes, one line each.
// things.go has the sockets, pipes and files. attempt.go interrupts, java.go knows what a JVM
// did. check compares. The page tells why.
package sockets

import (
	"context"
	"embed"
	"fmt"

	"lab.example/gopark/ctxdemo"
	"lab.example/gopark/internal/experiment"
)

//go:embed page.md *.go testdata
var files embed.FS

// Experiment is the claim that there are three things that an interrupt can do to a read:
// nothing, close what is read from, or end the read and nothing else.
var Experiment = &experiment.Experiment{
	ID:       "ctxdemo/sockets",
	Question: "Java's SocketChannel can be interrupted, and this library can do the same (CloseIO). A goroutine is blocked in Read, and is interrupted. Its Read returns an error. What does its flag say, and can it go on reading when it has handled the error?",
	Choices: []experiment.Choice{
		{
			Text:    "The flag is clear, and it can go on: an interrupt ends an operation and nothing else.",
			Because: "So it is with a sleep or a lock, and with sockets in the mode that Java does not have. The channels of java.nio know one way of ending a read: they close the channel under it.",
		},
		{
			Text:    "The flag is clear, and the connection is closed.",
			Because: "The connection is closed. But the flag is kept: this error is an IOException, which says that a channel is gone, and whoever handles it need not know of interrupts.",
		},
		{
			Text:    "The flag is set, and the connection is closed: for this goroutine, and for everybody else.",
			True:    true,
			Because: "The interrupt is carried out by closing. The read fails as every read from a closed connection would, and the flag stays up for whoever looks for interrupts.",
		},
		{
			Text:    "The flag is set, and it can go on reading once it has cleared the flag.",
			Because: "The flag is set. But there is nothing left to read from: closing cannot be taken back.",
		},
	},
	Run:    run,
	Check:  check,
	Claims: []string{"I10", "I11"},
	Files:  ctxdemo.Quoting(files),
}

type observed struct {
	Cases experiment.Table `obs:"/cases:rows"`
}

var header = []string{"operation", "mode", "interrupted", "outcome", "flag", "after that", "Java"}

func run(ctx context.Context, r *experiment.Recorder) error {
	java, err := readJava()
	if err != nil {
		return err
	}
	seen := observed{Cases: experiment.Table{Header: header}}
	for _, c := range cases {
		got, err := c.attempt(ctx)
		if err != nil {
			return fmt.Errorf("%s, %v, interrupted %s: %w", c.thing.name, c.mode, c.when, err)
		}
		seen.Cases.Add(c.thing.name, c.mode, c.when, got.outcome, got.flag, got.after, java.beside(c, got))
	}
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
	return seen.Cases.Equals(expected(java), 3)
}

func expected(java javaRows) experiment.Table {
	want := experiment.Table{Header: header}
	for _, c := range cases {
		want.Add(c.thing.name, c.mode, c.when, c.want.outcome, c.want.flag, c.want.after, java.beside(c, c.want))
	}
	return want
}
