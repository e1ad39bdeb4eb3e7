// Package chapter lists the experiments about how a Go program ends, in the order in which
// they are best read.
package chapter

import (
	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/panics/deadlock"
	"lab.example/gopark/panics/ending"
	"lab.example/gopark/panics/exitcode"
	"lab.example/gopark/panics/fatal"
	"lab.example/gopark/panics/fault"
	"lab.example/gopark/panics/group"
	"lab.example/gopark/panics/hidden"
	"lab.example/gopark/panics/price"
	"lab.example/gopark/panics/race"
	"lab.example/gopark/panics/relay"
	"lab.example/gopark/panics/repanic"
	"lab.example/gopark/panics/report"
	"lab.example/gopark/panics/rescue"
	"lab.example/gopark/panics/supervise"
	"lab.example/gopark/panics/zombie"
)

// Chapter is this topic's chapter of the notebook.
var Chapter = experiment.Chapter{
	Topic: "panics",
	Title: "Panic and exit",
	Intro: "A program ends in one of a handful of ways, and its parent sees a number or a signal. Which deferred functions ran before that is another matter.",
	Experiments: []*experiment.Experiment{
		exitcode.Experiment,
		ending.Experiment,
		hidden.Experiment,
		group.Experiment,
		deadlock.Experiment,
		relay.Experiment,
		rescue.Experiment,
		repanic.Experiment,
		fatal.Experiment,
		race.Experiment,
		fault.Experiment,
		report.Experiment,
		price.Experiment,
		zombie.Experiment,
		supervise.Experiment,
	},
}
