package main

import (
	"bufio"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"os/signal"
	"runtime/pprof"
	"slices"
	"strings"
	"sync"
	"syscall"

	"lab.example/gopark/internal/hint"
)

// ending is what the author of a consumer has prepared for a panic.
type ending struct {
	name string

	// dies is whether the process ends of itself. One that does not is killed in the end.
	dies bool

	// restarts is whether the process starts its consumer anew, when it is told to.
	restarts bool

	// live runs the consumer. An error ends the process with status 1; without one it
	// goes on, whatever has become of its goroutines.
	live func(ctx context.Context, l *life) error
}

// Those that are looked at from outside: two zombies, and what was thought to be a cure.
const (
	loggedName          = "recover, log, return"
	loggedAndClosedName = "recover, log, return; client closed"
	exitedName          = "recover, log, os.Exit(1)"
)

var endings = []ending{
	{name: loggedName, live: logged},
	{name: loggedAndClosedName, live: loggedAndClosed},
	{name: exitedName, dies: true, live: exited},
	{name: "no recover; client closed", dies: true, live: crashed},
	{name: "recover into an error; stop, close, exit", dies: true, live: returned},
	{name: "recover into an error; stop, close, start again", restarts: true, live: supervised},
}

// findEnding returns the zero ending if there is none of this name.
func findEnding(name string) (e ending) {
	if i := slices.IndexFunc(endings, func(e ending) bool { return e.name == name }); i >= 0 {
		e = endings[i]
	}
	return e
}

// life is what an ending has to do with.
type life struct {
	open    func() (*consumer, error) // connects the consumer, anew each time
	restart <-chan struct{}           // when a supervisor may start it again
}

// logged is the code of the incident.
func logged(ctx context.Context, l *life) error {
	return spawn(ctx, l, func(c *consumer) {
		defer c.tell("returned")
		defer logPanic()
		report(c.consume(ctx))
	})
}

// loggedAndClosed closes its client whatever happens, as one should.
func loggedAndClosed(ctx context.Context, l *life) error {
	return spawn(ctx, l, func(c *consumer) {
		defer c.tell("returned")
		defer c.close()
		defer logPanic()
		report(c.consume(ctx))
	})
}

// exited thinks that a process that is of no use any more should not be there.
func exited(ctx context.Context, l *life) error {
	return spawn(ctx, l, func(c *consumer) {
		defer c.close()
		defer func() {
			if p := recover(); p != nil {
				log.Printf("recovered: %v, exit....", p)
				os.Exit(1)
			}
		}()
		report(c.consume(ctx))
	})
}

// crashed does not recover at all.
func crashed(ctx context.Context, l *life) error {
	return spawn(ctx, l, func(c *consumer) {
		defer c.close()
		report(c.consume(ctx))
	})
}

// returned turns the panic into an error, stops what else is running, closes the client
// and says what has happened to whoever started the process.
func returned(ctx context.Context, l *life) error {
	c, err := l.open()
	if err != nil {
		return err
	}
	return c.serve(ctx)
}

// supervised does the same, and then starts again instead of exiting.
func supervised(ctx context.Context, l *life) error {
	c, err := l.open()
	if err != nil {
		return err
	}
	report(c.serve(ctx))
	select {
	case <-l.restart:
	case <-ctx.Done():
		return nil
	}
	if c, err = l.open(); err != nil {
		return err
	}
	return c.serve(ctx)
}

// spawn starts the goroutines of a consumer, and does not wait for them.
func spawn(ctx context.Context, l *life, body func(c *consumer)) error {
	c, err := l.open()
	if err != nil {
		return err
	}
	if c.policy.handOff {
		go func() { report(c.feed(ctx)) }()
	}
	go body(c)
	return nil
}

// serve runs the goroutines of a consumer until one of them fails. When it returns both
// have ended, and the client is closed.
func (c *consumer) serve(ctx context.Context) error {
	defer c.close()
	ctx, cancel := context.WithCancelCause(ctx)
	var feeder sync.WaitGroup
	if c.policy.handOff {
		feeder.Go(func() { cancel(c.feedUntil(ctx)) })
	}
	cancel(intoError(func() error { return c.consume(ctx) }))
	feeder.Wait()
	return context.Cause(ctx)
}

// intoError calls f and returns its error, or what it panicked with.
func intoError(f func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	return f()
}

// logPanic must be deferred itself.
func logPanic() {
	if p := recover(); p != nil {
		log.Printf("recovered: %v, exit....", p)
	}
}

func report(err error) {
	if err != nil && !errors.Is(err, context.Canceled) {
		log.Print(err)
	}
}

// consume is the command that is the process of the incident.
type consume struct {
	scene
	Topic  string `required:"" help:"What to consume."`
	Group  string `required:"" help:"As a member of which group."`
	Commit string `required:"" help:"How to commit: a name from the table."`
	End    string `required:"" help:"What to do about a panic: a name from the table."`
	Leash  bool   `hidden:"" help:"Take commands from stdin, and end when it does."`
}

// Run is "pipeline consume".
func (c consume) Run(all *commands) error {
	if len(all.Brokers) == 0 {
		return hint.With(errors.New("there is no broker to consume from"), "--brokers HOST:PORT")
	}
	p, err := findPolicy(c.Commit)
	if err != nil {
		return err
	}
	e := findEnding(c.End)
	if e.live == nil {
		return fmt.Errorf("no end is called %q: want one of those in the table", c.End)
	}
	known := &customers{late: c.Record} // outlives a restart, as a table would
	restart := make(chan struct{}, 1)
	life := &life{restart: restart, open: func() (*consumer, error) {
		one := &consumer{scene: c.scene, policy: p, known: known, tell: tellOn(os.Stdout)}
		return one, one.open(c.Topic, c.Group, base(all.Brokers)...)
	}}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	log.SetFlags(0)
	if c.Leash {
		go obey(os.Stdin, restart, stop)
	}
	if err := e.live(ctx, life); err != nil && ctx.Err() == nil {
		return err
	}
	<-ctx.Done() // nobody tells main that there is nothing left to wait for
	return nil
}

// Commands that a consumer on a leash obeys.
const (
	commandRestart = "restart"
	commandLeaks   = "leaks" // tell the goroutineleak profile, in base64
)

// obey does what is written to a consumer's stdin.
func obey(from io.Reader, restart chan<- struct{}, stop func()) {
	defer stop()
	tell := tellOn(os.Stdout)
	lines := bufio.NewScanner(from)
	for lines.Scan() {
		switch lines.Text() {
		case commandRestart:
			restart <- struct{}{}
		case commandLeaks:
			tell("%s %s", commandLeaks, leaks())
		}
	}
}

// leaks returns the goroutineleak profile. It is "" in a program that was built without
// GOEXPERIMENT=goroutineleakprofile.
func leaks() string {
	profile := pprof.Lookup("goroutineleak")
	if profile == nil {
		return ""
	}
	var text strings.Builder
	encoder := base64.NewEncoder(base64.StdEncoding, &text)
	if profile.WriteTo(encoder, 0) != nil || encoder.Close() != nil {
		return ""
	}
	return text.String()
}
