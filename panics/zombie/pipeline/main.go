// Command pipeline is a consumer of Kafka that dies in the middle of its work, in all the
// ways in which its author may have prepared for that, and the tools to look at it from
// outside. It answers: which records are lost, which are handled twice, and who notices?
//
// It is a program of its own because the Kafka client takes longer to compile than the
// rest of this module: nothing that the notebook needs at its start may import it. The
// experiment one folder up builds and runs it; by hand, go run ./panics/zombie/pipeline
// --help tells what it can do. Without --brokers it brings its own broker: kfake, which
// speaks the protocol of Kafka, in this process and in memory.
//
// Read consumer.go (the incident), policy.go (when it commits), ending.go (how it meets
// its end), then trial.go (one incident from start to count), look.go (the view from
// outside), cluster.go (the broker's side).
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"text/tabwriter"

	"github.com/alecthomas/kong"

	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/hint"
)

// commands is the grammar of the command line.
type commands struct {
	Brokers []string `placeholder:"HOST:PORT" help:"Use this Kafka; a topic and a consumer group for each incident are made there, and deleted again. By default a broker is started in this process."`

	Look    look    `cmd:"" help:"Let the consumer turn into a zombie, and look at it from outside."`
	Table   table   `cmd:"" help:"Count what is lost and what is handled twice, for every way to commit and to end."`
	Consume consume `cmd:"" help:"Be the consumer."`
}

// scene is the size of an incident.
type scene struct {
	Records int `default:"1000" help:"How many records are there when the consumer starts."`
	Record  int `default:"437" help:"At which of them its code dereferences nil, counted from 0."`
	More    int `default:"300" help:"How many are produced afterwards."`
	Batch   int `default:"100" help:"How many records one poll returns."`
	Channel int `default:"256" help:"Capacity of the channel between the poll and the handler."`
}

// AfterApply refuses a scene in which the consumer would run out of records before its
// channel is full: its end would depend on timing.
func (s scene) AfterApply() error {
	switch {
	case s.Records < 1 || s.Record < 0 || s.More < 0 || s.Batch < 1 || s.Channel < 1:
		return fmt.Errorf("no number may be negative, and only --record and --more may be 0")
	case s.Records%s.Batch != 0:
		return fmt.Errorf("--records %d is not a multiple of --batch %d", s.Records, s.Batch)
	case s.Record+1+s.Channel >= s.Records:
		return fmt.Errorf("--record %d is too late: with --channel %d and --records %d it is at most %d",
			s.Record, s.Channel, s.Records, s.Records-s.Channel-2)
	}
	return nil
}

func main() {
	os.Exit(run(os.Args[1:]))
}

func run(args []string) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	var all commands
	parser, err := kong.New(&all, kong.Name("pipeline"), kong.UsageOnError(),
		kong.Description("A Kafka consumer that dies in the middle of its work."),
		kong.BindTo(ctx, (*context.Context)(nil)))
	if err != nil {
		panic(err) // the grammar is wrong
	}
	parsed, err := parser.Parse(args)
	if err != nil {
		return fail(hint.With(err, "--help tells what it can do"), 2)
	}
	if err := parsed.Run(&all); err != nil {
		return fail(err, 1)
	}
	return 0
}

func fail(err error, status int) int {
	fmt.Fprintln(os.Stderr, "pipeline: error:", err)
	if way := hint.Of(err); way != "" {
		fmt.Fprintln(os.Stderr, "pipeline: hint:", way)
	}
	return status
}

// Run is "pipeline look".
func (l look) Run(ctx context.Context, all *commands) error {
	c, err := connect(ctx, all.Brokers)
	if err != nil {
		return err
	}
	defer c.close()
	return l.run(ctx, c, show)
}

// Run is "pipeline table".
func (t table) Run(ctx context.Context, all *commands) error {
	c, err := connect(ctx, all.Brokers)
	if err != nil {
		return err
	}
	defer c.close()
	rows, err := t.run(ctx, c)
	switch {
	case err != nil:
		return err
	case t.Items:
		show("/outcomes:rows", rows)
		return nil
	}
	return columns(os.Stdout, rows)
}

// columns prints a table for people.
func columns(to io.Writer, t experiment.Table) error {
	out := tabwriter.NewWriter(to, 0, 0, 2, ' ', 0)
	for _, row := range append([][]string{t.Header}, t.Rows...) {
		fmt.Fprintln(out, strings.Join(row, "\t"))
	}
	return out.Flush()
}

// show prints a value in the text form of observations.
func show(name string, v any) {
	value, err := experiment.NewValue(name, v)
	if err != nil {
		panic(err) // a misnamed value
	}
	fmt.Println(experiment.FormatItem(value))
}
