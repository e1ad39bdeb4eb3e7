// Command shapes loses cancel functions, each in another way, and prints for each what is
// left hanging on the parent. It is there to be vetted, and to be run.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"reflect"
	"time"
)

var shapes = []struct {
	name string
	f    func(parent context.Context)
}{
	{"blank", blank},
	{"path", path},
	{"cause", cause},
	{"timeoutCause", timeoutCause},
	{"deadline", deadline},
	{"assigned", assigned},
	{"notify", notify},
	{"afterFunc", afterFunc},
	{"field", field},
	{"global", global},
	{"wrapped", wrapped},
	{"deadClosure", deadClosure},
	{"loop", loop},
	{"reassigned", reassigned},
	{"panics", panics},
	{"expired", expired},
	{"deferred", deferred},
}

func main() {
	for _, s := range shapes {
		fmt.Println(s.name, left(s.f))
	}
}

// left calls f with a parent of its own and returns how many contexts hang on that when f
// is over, or hung on it when f called look.
func left(f func(context.Context)) int {
	parent, cancel := context.WithCancel(context.Background())
	defer cancel()
	looked = 0
	func() {
		defer func() { _ = recover() }()
		f(parent)
	}()
	return max(looked, children(parent))
}

var looked int

func look(parent context.Context) { looked = children(parent) }

// children asks package context itself, which does not tell: by reflection.
func children(ctx context.Context) int {
	return reflect.ValueOf(ctx).Elem().FieldByName("children").Len()
}

func work(context.Context) error { return nil }

func wrong() bool { return len(os.Args) < 100 }

func blank(parent context.Context) {
	ctx, _ := context.WithCancel(parent)
	_ = work(ctx)
}

func path(parent context.Context) {
	ctx, cancel := context.WithTimeout(parent, time.Hour)
	if wrong() {
		return
	}
	_ = work(ctx)
	cancel()
}

func cause(parent context.Context) {
	ctx, cancel := context.WithCancelCause(parent)
	if wrong() {
		return
	}
	cancel(work(ctx))
}

func timeoutCause(parent context.Context) {
	ctx, cancel := context.WithTimeoutCause(parent, time.Hour, errors.New("too slow"))
	if wrong() {
		return
	}
	_ = work(ctx)
	cancel()
}

func deadline(parent context.Context) {
	ctx, _ := context.WithDeadline(parent, time.Now().Add(time.Hour))
	_ = work(ctx)
}

func assigned(parent context.Context) {
	ctx, cancel := context.WithCancel(parent)
	_ = cancel
	_ = work(ctx)
}

func notify(parent context.Context) {
	ctx, _ := signal.NotifyContext(parent, os.Interrupt)
	_ = work(ctx)
}

func afterFunc(parent context.Context) {
	context.AfterFunc(parent, func() {})
	_ = work(parent)
}

type server struct{ cancel context.CancelFunc }

func field(parent context.Context) {
	var s server
	var ctx context.Context
	ctx, s.cancel = context.WithCancel(parent)
	_ = work(ctx)
}

var stop context.CancelFunc

func global(parent context.Context) {
	var ctx context.Context
	ctx, stop = context.WithCancel(parent)
	_ = work(ctx)
}

func withWorkTimeout(parent context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(parent, time.Hour)
}

func wrapped(parent context.Context) {
	ctx, _ := withWorkTimeout(parent)
	_ = work(ctx)
}

func deadClosure(parent context.Context) {
	ctx, cancel := context.WithCancel(parent)
	cleanUp := func() { cancel() }
	if wrong() {
		return
	}
	_ = work(ctx)
	cleanUp()
}

const jobs = 3

func loop(parent context.Context) {
	for range jobs {
		ctx, cancel := context.WithCancel(parent)
		defer cancel()
		_ = work(ctx)
	}
	look(parent) // a loop that serves requests never comes to its defers
}

func reassigned(parent context.Context) {
	ctx, cancel := context.WithTimeout(parent, time.Hour)
	if wrong() {
		ctx, cancel = context.WithTimeout(parent, time.Minute)
	}
	defer cancel()
	_ = work(ctx)
}

func panics(parent context.Context) {
	ctx, cancel := context.WithCancel(parent)
	if wrong() {
		panic("whose caller recovers")
	}
	_ = work(ctx)
	cancel()
}

func expired(parent context.Context) {
	ctx, cancel := context.WithTimeout(parent, time.Nanosecond)
	if work(ctx) != nil {
		cancel()
		return
	}
	<-ctx.Done()
}

func deferred(parent context.Context) {
	ctx, cancel := context.WithCancel(parent)
	defer cancel()
	_ = work(ctx)
}
