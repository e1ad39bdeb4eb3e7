// Package outside asks: a context is cancelled with a cause, while a library is at work for
// it. Is the cause in the error that comes back?
//
// calls.go lists the calls, one function each; commands.go and database.go are those of them
// that need a process or a database. ended.go ends a context in the middle of a call. server.go
// is the other side: what the handler of a request is told when the request ends. run makes
// a table of each, check compares. The page tells why.
package outside

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"regexp"

	"lab.example/gopark/ctxdemo/ending"
	"lab.example/gopark/internal/experiment"
)

//go:embed page.md *.go testdata
var files embed.FS

// Experiment is the claim that of those who take a context hardly anybody hands on its cause,
// and that net/http hands on nothing else.
var Experiment = &experiment.Experiment{
	ID:       "ctxdemo/outside",
	Question: "A request is on its way: http.Client.Do, with a context. The context is cancelled with cancel(ending.ErrGone). What is true of the error that Do returns?",
	Choices: []experiment.Choice{
		{
			Text:    "errors.Is(err, context.Canceled), and not errors.Is(err, ending.ErrGone): libraries return ctx.Err().",
			Because: "So do most of them, and so did net/http before Go 1.23. It has changed sides since.",
		},
		{
			Text:    "Both: it wraps the error and the cause.",
			Because: "That would be kind, and it is what you should do in your own code. None of those who were asked here does it unasked.",
		},
		{
			Text:    "errors.Is(err, ending.ErrGone), and not errors.Is(err, context.Canceled).",
			True:    true,
			Because: "The transport returns context.Cause(ctx) and forgets ctx.Err(). Code that asks whether its request was cancelled gets no for an answer, once somebody gives a cause.",
		},
		{
			Text:    "Neither: it is an error about a connection that was closed.",
			Because: "The connection is closed, to be sure. But the transport remembers why it did that, and says so.",
		},
	},
	Run:    run,
	Check:  check,
	Claims: []string{"C11"},
	Files:  files,
}

type observed struct {
	Calls    experiment.Table `obs:"/calls:rows"`
	Handlers experiment.Table `obs:"/handlers:rows"`
}

var (
	callsHeader    = []string{"call", "the context ends by", "error", "is it ctx.Err()?", "is it the cause?"}
	handlersHeader = []string{"what happens", "Err", "Cause"}
)

func run(ctx context.Context, r *experiment.Recorder) error {
	seen := observed{
		Calls:    experiment.Table{Header: callsHeader},
		Handlers: experiment.Table{Header: handlersHeader},
	}
	for _, c := range calls {
		for _, how := range ending.Ways() {
			err, of, failed := inTheMiddle(ctx, how, c.call)
			if failed != nil {
				return fmt.Errorf("%s, %s: %w", c.name, how, failed)
			}
			seen.Calls.Add(c.name, how, text(err), errors.Is(err, of.Err()), errors.Is(err, context.Cause(of)))
		}
	}
	for _, h := range handlers {
		err, cause, failed := h.happen(ctx)
		if failed != nil {
			return fmt.Errorf("%s: %w", h.name, failed)
		}
		seen.Handlers.Add(h.name, text(err), text(cause))
	}
	r.Record(seen)
	return nil
}

var address = regexp.MustCompile(`127\.0\.0\.1:\d+`)

// text returns what an error says, without the port that is another one in each run.
func text(err error) string {
	if err == nil {
		return "nil"
	}
	return address.ReplaceAllString(err.Error(), "HOST")
}

func check(o experiment.Observations) error {
	var seen observed
	if err := o.Decode(&seen); err != nil {
		return err
	}
	wantCalls, wantHandlers := expected()
	return errors.Join(seen.Calls.Equals(wantCalls, 2), seen.Handlers.Equals(wantHandlers, 1))
}

func expected() (wantCalls, wantHandlers experiment.Table) {
	wantCalls.Header, wantHandlers.Header = callsHeader, handlersHeader
	for _, c := range calls {
		wantCalls.Add(c.name, ending.Cancel, c.canceled, c.isErr, c.isCause)
		wantCalls.Add(c.name, ending.Timeout, c.expired, c.isErr, c.isCause)
	}
	for _, h := range handlers {
		wantHandlers.Add(h.name, h.err, h.cause)
	}
	return wantCalls, wantHandlers
}
