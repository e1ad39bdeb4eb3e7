// Package chapter lists the experiments about contexts and interrupts, in the order in which
// they are best read.
package chapter

import (
	"lab.example/gopark/ctxdemo/cause"
	"lab.example/gopark/ctxdemo/interrupt"
	"lab.example/gopark/internal/experiment"
)

// Chapter is this topic's chapter of the notebook.
var Chapter = experiment.Chapter{
	Topic: "ctxdemo",
	Title: "Context and interrupt",
	Intro: "Two ways of telling a goroutine to stop. A context is cancelled once, downwards, for a cause. An interrupt is a flag that can be raised, seen and cleared again, as threads in Java have it.",
	Experiments: []*experiment.Experiment{
		cause.Experiment,
		interrupt.Experiment,
	},
}
