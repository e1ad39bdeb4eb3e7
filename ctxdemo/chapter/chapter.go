// Package chapter lists the experiments about contexts and interrupts, in the order in which
// they are best read.
package chapter

import (
	"lab.example/gopark/ctxdemo/afterfunc"
	"lab.example/gopark/ctxdemo/cause"
	"lab.example/gopark/ctxdemo/causes"
	"lab.example/gopark/ctxdemo/custom"
	"lab.example/gopark/ctxdemo/database"
	"lab.example/gopark/ctxdemo/deadlines"
	"lab.example/gopark/ctxdemo/deadlock"
	"lab.example/gopark/ctxdemo/deep"
	"lab.example/gopark/ctxdemo/empty"
	"lab.example/gopark/ctxdemo/flag"
	"lab.example/gopark/ctxdemo/growth"
	"lab.example/gopark/ctxdemo/leak"
	"lab.example/gopark/ctxdemo/lostcancel"
	"lab.example/gopark/ctxdemo/lostwakeup"
	"lab.example/gopark/ctxdemo/notify"
	"lab.example/gopark/ctxdemo/order"
	"lab.example/gopark/ctxdemo/outside"
	"lab.example/gopark/ctxdemo/price"
	"lab.example/gopark/ctxdemo/request"
	"lab.example/gopark/ctxdemo/restore"
	"lab.example/gopark/ctxdemo/rules"
	"lab.example/gopark/ctxdemo/sockets"
	"lab.example/gopark/ctxdemo/spinflag"
	"lab.example/gopark/ctxdemo/values"
	"lab.example/gopark/ctxdemo/waiting"
	"lab.example/gopark/ctxdemo/waits"
	"lab.example/gopark/internal/experiment"
)

// Chapter is this topic's chapter of the notebook.
var Chapter = experiment.Chapter{
	Topic: "ctxdemo",
	Title: "Context and interrupt",
	Intro: "Two ways of telling a goroutine to stop. A context is cancelled once, downwards, for a cause. An interrupt is a flag that can be raised, seen and cleared again, as threads in Java have it.",
	Experiments: []*experiment.Experiment{
		cause.Experiment,
		order.Experiment,
		causes.Experiment,
		waiting.Experiment,
		afterfunc.Experiment,
		custom.Experiment,
		values.Experiment,
		deadlines.Experiment,
		request.Experiment,
		outside.Experiment,
		database.Experiment,
		rules.Experiment,
		lostcancel.Experiment,
		leak.Experiment,
		deep.Experiment,
		growth.Experiment,
		empty.Experiment,
		notify.Experiment,
		flag.Experiment,
		spinflag.Experiment,
		restore.Experiment,
		waits.Experiment,
		deadlock.Experiment,
		lostwakeup.Experiment,
		sockets.Experiment,
		price.Experiment,
	},
}
