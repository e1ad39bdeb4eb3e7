// Package chapter lists the experiments about how signals arrive, in the order in which
// they are best read.
package chapter

import (
	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/signals/brokenpipe"
	"lab.example/gopark/signals/children"
	"lab.example/gopark/signals/coalesce"
	"lab.example/gopark/signals/inject"
	"lab.example/gopark/signals/interrupted"
	"lab.example/gopark/signals/mailbox"
	"lab.example/gopark/signals/mask"
	"lab.example/gopark/signals/matrix"
	"lab.example/gopark/signals/queue"
	"lab.example/gopark/signals/secondkey"
	"lab.example/gopark/signals/shutdown"
	"lab.example/gopark/signals/terminal"
	"lab.example/gopark/signals/urgent"
)

// Chapter is this topic's chapter of the notebook.
var Chapter = experiment.Chapter{
	Topic: "signals",
	Title: "Signals",
	Intro: "A signal is a message of one bit. Between the sender and the channel that signal.Notify fills lie three places where it can wait, and where it can be lost.",
	Experiments: []*experiment.Experiment{
		coalesce.Experiment,
		matrix.Experiment,
		queue.Experiment,
		mask.Experiment,
		inject.Experiment,
		urgent.Experiment,
		interrupted.Experiment,
		mailbox.Experiment,
		children.Experiment,
		brokenpipe.Experiment,
		terminal.Experiment,
		secondkey.Experiment,
		shutdown.Experiment,
	},
}
