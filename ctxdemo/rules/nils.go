package rules

import (
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"time"
)

const (
	nilParent = "panic: cannot create context from nil parent"
	nilDeref  = "panic: runtime error: invalid memory address or nil pointer dereference"
)

var nils = []program{
	{"context.WithCancel", func() string { return cancelled(context.WithCancel(none)) }, nilParent},
	{"context.WithTimeout", func() string { return cancelled(context.WithTimeout(none, time.Hour)) }, nilParent},
	{"context.WithValue", func() string { return live(context.WithValue(none, key{}, 1)) }, nilParent},
	{"context.WithoutCancel", func() string { return live(context.WithoutCancel(none)) }, nilParent},
	{"signal.NotifyContext", func() string { return cancelled(signal.NotifyContext(none, os.Interrupt)) }, nilParent},
	{"context.AfterFunc", func() string { context.AfterFunc(none, func() {}); return works }, nilDeref},
	{"context.Cause", func() string { return say(context.Cause(none)) }, nilDeref},
	{"a function of one's own, which asks it", func() string { return say(fetch(none)) }, nilDeref},
	{"a function of one's own, which does not ask it today", func() string { return say(patient(none)) }, works},
	{"context.WithCancel of a nil pointer to a context of one's own", nilPointer, nilDeref},
	{"http.NewRequestWithContext", newRequest, "net/http: nil Context"},
	{"exec.CommandContext", func() string { exec.CommandContext(none, "true"); return works }, "panic: nil Context"},
	{"net.Dialer.DialContext", dial, "panic: nil context"},
	{"slog.Logger.InfoContext", log, works},
	{"context.TODO, wherever a context is missing", todo, works},
}

// none is the context that somebody did not have.
var none context.Context

func cancelled(_ context.Context, cancel context.CancelFunc) string {
	cancel()
	return works
}

func live(ctx context.Context) string { return say(ctx.Err()) }

// patient takes a context because it will need one some day.
func patient(context.Context) error { return nil }

type ours struct{ context.Context }

func nilPointer() string {
	var parent *ours
	return cancelled(context.WithCancel(parent))
}

func newRequest() string {
	_, err := http.NewRequestWithContext(none, http.MethodGet, "http://localhost/", nil)
	return say(err)
}

func dial() string {
	var d net.Dialer
	_, err := d.DialContext(none, "tcp", "localhost:0")
	return say(err)
}

func log() string {
	slog.New(slog.NewTextHandler(io.Discard, nil)).InfoContext(none, "hello")
	return works
}

func todo() string {
	_, cancel := context.WithCancel(context.TODO())
	cancel()
	return say(fetch(context.TODO()))
}
