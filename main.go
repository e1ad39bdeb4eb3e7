// Command gopark is a lab for the concurrency of the Go runtime: predict it, run it,
// see why. Without arguments it opens the notebook in a browser.
//
// This file puts the parts together. It is the only one that knows every topic.
package main

import (
	"context"
	"os"
	"os/signal"
	"slices"
	"syscall"

	"github.com/alecthomas/kong"

	"lab.example/gopark/book"
	ctxdemo "lab.example/gopark/ctxdemo/chapter"
	"lab.example/gopark/ctxdemo/jvm"
	"lab.example/gopark/internal/child"
	"lab.example/gopark/internal/cli"
	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/ledger"
	"lab.example/gopark/labs"
	panics "lab.example/gopark/panics/chapter"
	"lab.example/gopark/panics/postmortem"
	redpacket "lab.example/gopark/redpacket/chapter"
	envelopes "lab.example/gopark/redpacket/console"
	scheduler "lab.example/gopark/scheduler/chapter"
	"lab.example/gopark/scheduler/console"
	"lab.example/gopark/scheduler/model/realrun"
	signals "lab.example/gopark/signals/chapter"
)

// catalogue is every chapter in reading order.
var catalogue = experiment.Catalogue{
	scheduler.Chapter,
	ctxdemo.Chapter,
	panics.Chapter,
	signals.Chapter,
	redpacket.Chapter,
}

// commands is the grammar of the command line.
type commands struct {
	Serve  book.ServeCmd   `cmd:"" default:"withargs" help:"Open the notebook in a browser."`
	List   cli.List        `cmd:"" help:"List the experiments."`
	Run    cli.Run         `cmd:"" help:"Predict, run and explain one experiment."`
	Claims cli.Claims      `cmd:"" help:"Show what the notes claim and what was found."`
	Lab    labs.Cmd        `cmd:"" help:"Do the exercises: start, watch, check, hint and others."`
	Model  console.Cmd     `cmd:"" help:"Run programs on the model of the scheduler."`
	JVM    jvm.Cmd         `cmd:"" name:"jvm" help:"Run Java's side of the interrupt table and compare."`
	Split  envelopes.Split `cmd:"" help:"Split a sum at random: the red packet."`
	Why    postmortem.Why  `cmd:"" help:"Run a program of your own and explain how it ended."`
	Doctor cli.Doctor      `cmd:"" help:"Say what this machine can and cannot do."`

	Version kong.VersionFlag `help:"Print the version."`
}

func main() {
	child.Main(serveChild)
	os.Exit(run(os.Args[1:]))
}

// serveChild is what this binary does in the processes that it starts of itself.
func serveChild(job child.Job) int {
	if job.Body == realrun.Body {
		return realrun.Serve(job)
	}
	return experiment.Serve(job, slices.Collect(catalogue.All())...)
}

// run does what the arguments say and returns the exit status. The first Ctrl-C asks
// the command to stop, the second one kills.
func run(args []string) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop)

	terminal := cli.Standard()
	return cli.Fail(terminal.Err, cli.Dispatch(ctx, terminal, &commands{}, args, catalogue, notebook))
}

// notebook is what the book shows. To put it together takes a while: many files are parsed.
func notebook() (book.Notebook, error) {
	rows, err := ledger.Rows(catalogue)
	n := book.Notebook{Catalogue: catalogue, Ledger: rows, Exercises: labs.Notebook{}}
	for _, l := range labs.Everything() {
		page := l.Page()
		kills, _ := l.Kills() // one that others have written need not have recorded them
		n.Labs = append(n.Labs, book.Lab{Name: l.Name, Track: l.Track, Title: page.Title, Question: page.Title, Files: l.Files(), Kills: kills})
	}
	return n, err
}
