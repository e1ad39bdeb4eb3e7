package leak

import (
	"context"
	"time"
)

// thing hangs on the context of a request, and nobody keeps a way to take it off.
type thing struct {
	name string
	hang func(request context.Context)

	goroutines int64  // that it costs
	function   string // in which they are, as goleak prints it
	after      string // held or released, when the request has been cancelled
}

// server is a context that lives on when a request has ended.
var server, stopServer = context.WithCancel(context.Background())

// things are all of them. What they do in the background ends with server.
var things = []thing{
	{name: "1000 children of WithCancel", hang: times(1000, child), after: released},
	{name: "10 children of WithTimeout, of an hour", hang: times(10, timeout), after: released},
	{name: "100 functions of context.AfterFunc", hang: times(100, function), after: released},
	{name: "1 child of a context with a Done of its own", hang: foreignChild, goroutines: 1, function: "propagateCancel", after: released},
	{name: "1 goroutine that waits for Done", hang: waiter, goroutines: 1, function: "leak.waitForDone", after: released},
	{name: "1 goroutine that does not look", hang: blind, goroutines: 1, function: "leak.doNotLook", after: held},
	{name: "1 timeout of an hour below WithoutCancel", hang: detached, after: held},
	{name: "1 time.AfterFunc, in an hour, that uses it", hang: later, after: held},
	{name: "1 function for the end of the server that uses it", hang: registered, after: held},
}

func times(n int, hang func(context.Context)) func(context.Context) {
	return func(request context.Context) {
		for range n {
			hang(request)
		}
	}
}

// forget stands for a cancel function that is lost; go vet does not see that it is.
func forget(context.Context, context.CancelFunc) {}

func child(request context.Context) { forget(context.WithCancel(request)) }

func timeout(request context.Context) { forget(context.WithTimeout(request, time.Hour)) }

func function(request context.Context) { context.AfterFunc(request, func() {}) }

// foreign is a context with a Done of its own: package context does not know it as one of
// its kind, and has no way of being told of its end but to wait.
type foreign struct {
	context.Context
	done chan struct{}
}

func (f foreign) Done() <-chan struct{} { return f.done }

func foreignChild(request context.Context) {
	done := make(chan struct{})
	context.AfterFunc(request, func() { close(done) })
	forget(context.WithCancel(foreign{request, done}))
}

func waiter(request context.Context) { go waitForDone(request) }

func waitForDone(ctx context.Context) {
	<-ctx.Done()
	use(ctx) // or only the channel would be kept, and not the context
}

func blind(request context.Context) { go doNotLook(request) }

// doNotLook works for longer than the request, on behalf of it.
func doNotLook(ctx context.Context) {
	<-server.Done()
	use(ctx)
}

func detached(request context.Context) {
	forget(context.WithTimeout(context.WithoutCancel(request), time.Hour))
}

func later(request context.Context) { time.AfterFunc(time.Hour, func() { use(request) }) }

func registered(request context.Context) {
	context.AfterFunc(server, func() { use(request) })
}

// use is what a goroutine or a function wants its context for.
func use(ctx context.Context) { _ = ctx.Value(key{}) }
