// Package chapter lists the experiments about how goroutines get to run, in the order in which
// they are best read.
package chapter

import (
	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/scheduler/runnext"
)

// Chapter is this topic's chapter of the notebook.
var Chapter = experiment.Chapter{
	Topic: "scheduler",
	Title: "Scheduling",
	Intro: "A goroutine is ready. On which queue does it wait, who picks it, and when? The runtime has exact answers to that, and at one P they can be seen from outside, one goroutine at a time.",
	Experiments: []*experiment.Experiment{
		runnext.Experiment,
	},
}
