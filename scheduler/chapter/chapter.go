// Package chapter lists the experiments about how goroutines get to run, in the order in which
// they are best read.
package chapter

import (
	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/scheduler/coin"
	"lab.example/gopark/scheduler/fairness"
	"lab.example/gopark/scheduler/handoff"
	"lab.example/gopark/scheduler/inherit"
	"lab.example/gopark/scheduler/loop"
	"lab.example/gopark/scheduler/maxprocs"
	"lab.example/gopark/scheduler/netpoll"
	"lab.example/gopark/scheduler/oracle"
	"lab.example/gopark/scheduler/overflow"
	"lab.example/gopark/scheduler/pinned"
	"lab.example/gopark/scheduler/poll"
	"lab.example/gopark/scheduler/priority"
	"lab.example/gopark/scheduler/registers"
	"lab.example/gopark/scheduler/runnext"
	"lab.example/gopark/scheduler/schedtrace"
	"lab.example/gopark/scheduler/slice"
	"lab.example/gopark/scheduler/spinning"
	"lab.example/gopark/scheduler/stealing"
	"lab.example/gopark/scheduler/systemstack"
	"lab.example/gopark/scheduler/thief"
	"lab.example/gopark/scheduler/threads"
	"lab.example/gopark/scheduler/wakeup"
)

// Chapter is this topic's chapter of the notebook.
var Chapter = experiment.Chapter{
	Topic: "scheduler",
	Title: "Scheduling",
	Intro: "A goroutine is ready. On which queue does it wait, who picks it, and when? The runtime has exact answers to that, and at one P they can be seen from outside, one goroutine at a time.",
	Experiments: []*experiment.Experiment{
		runnext.Experiment,
		overflow.Experiment,
		poll.Experiment,
		wakeup.Experiment,
		slice.Experiment,
		loop.Experiment,
		registers.Experiment,
		inherit.Experiment,
		fairness.Experiment,
		priority.Experiment,
		coin.Experiment,
		thief.Experiment,
		stealing.Experiment,
		spinning.Experiment,
		handoff.Experiment,
		netpoll.Experiment,
		threads.Experiment,
		pinned.Experiment,
		systemstack.Experiment,
		maxprocs.Experiment,
		schedtrace.Experiment,
		oracle.Experiment,
	},
}
