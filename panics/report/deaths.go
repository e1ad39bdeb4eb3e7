package report

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"runtime/pprof"
	"sync"
	"syscall"
)

// death is a program that ends.
type death struct {
	name string // of the actor: lower-case words joined by "-"
	what string // for people
	run  func()
	env  []string // optional
	want output
}

// What a panic prints at each level.
var (
	none   = output{first: "panic: boom", copied: theSame, ended: "exit 2"}
	single = output{first: "panic: boom", goroutine: "running", copied: theSame, ended: "exit 2"}
	all    = output{first: "panic: boom", goroutine: "running", others: true, copied: theSame, ended: "exit 2"}
	system = output{first: "panic: boom", goroutine: "running", others: true, runtime: true, copied: theSame, ended: "exit 2"}
)

// deaths are all of them.
var deaths = []death{
	{name: "default", what: "panic", run: boom, want: single},
	{name: "none", what: "panic, GOTRACEBACK=none", run: boom, env: level("none"), want: none},
	{name: "single", what: "panic, GOTRACEBACK=single", run: boom, env: level("single"), want: single},
	{name: "all", what: "panic, GOTRACEBACK=all", run: boom, env: level("all"), want: all},
	{name: "system", what: "panic, GOTRACEBACK=system", run: boom, env: level("system"), want: system},
	{name: "crash", what: "panic, GOTRACEBACK=crash", run: boom, env: level("crash"), want: system.ending("SIGABRT")},
	{name: "lower", what: `panic after SetTraceback("none")`, run: boomAt("none"), want: single},
	{name: "higher", what: `panic after SetTraceback("all")`, run: boomAt("all"), want: all},
	{name: "lower-all", what: `panic after SetTraceback("single"), GOTRACEBACK=all`, run: boomAt("single"), env: level("all"), want: all},
	{name: "higher-none", what: `panic after SetTraceback("single"), GOTRACEBACK=none`, run: boomAt("single"), env: level("none"), want: single},
	{name: "mutex", what: "fatal error", run: unlock, want: output{first: "fatal error: sync: unlock of unlocked mutex", goroutine: "running", copied: theRest, ended: "exit 2"}},
	{name: "failing", what: "fatal error of the runtime's own", run: failing, want: output{first: "fatal error: panic while printing panic value: boom", goroutine: "running", others: true, runtime: true, copied: theRest, ended: "exit 2"}},
	{name: "labels-off", what: "panic of a goroutine with labels", run: labelled, want: single},
	{name: "labels-on", what: "panic of a goroutine with labels, GODEBUG=tracebacklabels=1", run: labelled, env: labels, want: single.of(`running labels:{"request": "42"}`)},
	{name: "labels-gone", what: "panic within pprof.Do, GODEBUG=tracebacklabels=1", run: labelledDo, env: labels, want: single},
	{name: "exit", what: "os.Exit(2)", run: func() { os.Exit(2) }, want: output{ended: "exit 2"}},
	{name: "killed", what: "SIGKILL", run: kill, want: output{ended: "SIGKILL"}},
	{name: "exit-with-cleanup", what: "os.Exit(0) with a finalizer and a cleanup due", run: func() { forget(); os.Exit(0) }, want: output{ended: "exit 0"}},
	{name: "panic-with-cleanup", what: "panic with a finalizer and a cleanup due", run: func() { forget(); boom() }, want: single},
	{name: "collected", what: "os.Exit(0) after a collection", run: func() { forget().collect(); os.Exit(0) }, want: output{said: "finalizer and cleanup have run", ended: "exit 0"}},
}

var labels = []string{"GODEBUG=tracebacklabels=1"}

func level(name string) []string { return []string{"GOTRACEBACK=" + name} }

func (o output) ending(s string) output {
	o.ended = s
	return o
}

func (o output) of(goroutine string) output {
	o.goroutine = goroutine
	return o
}

// boom panics in a new goroutine, whose trace is short, while the first one waits.
func boom() {
	go panic("boom")
	<-forever
}

var forever = make(chan struct{})

func boomAt(level string) func() {
	return func() {
		debug.SetTraceback(level)
		boom()
	}
}

func unlock() {
	go new(sync.Mutex).Unlock()
	<-forever
}

func failing() {
	go panic(broken{})
	<-forever
}

// broken is an error that cannot be printed.
type broken struct{}

func (broken) Error() string { panic("boom") }

func labelled() {
	ctx := pprof.WithLabels(context.Background(), pprof.Labels("request", "42"))
	pprof.SetGoroutineLabels(ctx) // the goroutine of boom inherits them
	boom()
}

func labelledDo() {
	go pprof.Do(context.Background(), pprof.Labels("request", "42"), func(context.Context) { panic("boom") })
	<-forever
}

func kill() {
	_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
	<-forever
}

// forgotten counts what a finalizer and a cleanup do.
type forgotten struct{ sync.WaitGroup }

// forget makes an object with a finalizer and one with a cleanup, and drops both.
func forget() *forgotten {
	var f forgotten
	f.Add(2)
	runtime.SetFinalizer(new(object), func(*object) { f.Done() })
	runtime.AddCleanup(new(object), func(f *forgotten) { f.Done() }, &f)
	return &f
}

// object is large enough not to share its memory with others.
type object [64]byte

// collect has the objects collected, and waits until both functions have run.
func (f *forgotten) collect() {
	runtime.GC()
	f.Wait()
	fmt.Println("finalizer and cleanup have run")
}
