// Package chapter lists the experiments about splitting a sum at random, in the order in which
// they are best read.
package chapter

import (
	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/redpacket/bias"
	"lab.example/gopark/redpacket/biggest"
	"lab.example/gopark/redpacket/counting"
	"lab.example/gopark/redpacket/edges"
	"lab.example/gopark/redpacket/enumerate"
	"lab.example/gopark/redpacket/leash"
	"lab.example/gopark/redpacket/oneeach"
	"lab.example/gopark/redpacket/remainder"
	"lab.example/gopark/redpacket/retry"
)

// Chapter is this topic's chapter of the notebook.
var Chapter = experiment.Chapter{
	Topic: "redpacket",
	Title: "The red packet",
	Intro: "A sum is split at random into parts that must stay within bounds. It looks like an exercise for a beginner. The obvious ways are wrong in ways that only counting shows.",
	Experiments: []*experiment.Experiment{
		retry.Experiment,
		leash.Experiment,
		edges.Experiment,
		remainder.Experiment,
		bias.Experiment,
		biggest.Experiment,
		enumerate.Experiment,
		counting.Experiment,
		oneeach.Experiment,
	},
}
