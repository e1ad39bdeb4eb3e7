package leak

import (
	"context"
	"runtime"
	"strings"
	"time"
	"weak"

	"go.uber.org/goleak"

	"lab.example/gopark/internal/experiment"
)

const (
	held     = "held"
	released = "released"
	finds    = "finds it"
	nothing  = "-"
)

func thingsHeader() []string {
	return []string{"what hangs on the request", "goroutines", "goleak", "while it lives", "when it was cancelled"}
}

func (t thing) row(goroutines int64, found bool, before, after string) []any {
	says := nothing
	if found {
		says = finds
	}
	return []any{t.name, goroutines, says, before, after}
}

// payload is what a request carries as a value. As long as anything refers to the context,
// the payload is there, and a weak pointer to it can tell.
type payload [1 << 10]byte

type key struct{}

// request is one, with a thing that hangs on it.
type request struct {
	cancel     context.CancelFunc
	carries    weak.Pointer[payload]
	goroutines int64
}

//go:noinline
func begin(t thing) (context.Context, request) {
	before := runtime.NumGoroutine()
	p := new(payload)
	ctx, cancel := context.WithCancel(context.Background())
	t.hang(context.WithValue(ctx, key{}, p))
	return ctx, request{cancel, weak.Make(p), int64(runtime.NumGoroutine() - before)}
}

// hold begins a request for each thing, has goleak look, and ends the requests. What was
// hung on them is never taken off.
func hold() (table experiment.Table, found int64) {
	table.Header = thingsHeader()
	known := goleak.IgnoreCurrent()
	goroutines := runtime.NumGoroutine()
	var alive []context.Context
	var requests []request
	for _, t := range things {
		ctx, r := begin(t)
		alive, requests = append(alive, ctx), append(requests, r)
	}
	report := ""
	if err := goleak.Find(known); err != nil {
		report = err.Error()
	}
	before := make([]string, len(things))
	runtime.GC()
	for i, r := range requests {
		before[i] = r.state()
	}
	runtime.KeepAlive(alive)
	for _, r := range requests {
		r.cancel()
	}
	settle(goroutines + blinds())
	sweepTimers()
	runtime.GC()
	for i, t := range things {
		named := t.function != "" && strings.Contains(report, t.function)
		table.Add(t.row(requests[i].goroutines, named, before[i], requests[i].state())...)
	}
	stopServer()
	return table, int64(strings.Count(report, "on top of the stack"))
}

// blinds is how many goroutines go on when their requests have ended.
func blinds() (n int) {
	for _, t := range things {
		if t.after == held {
			n += int(t.goroutines)
		}
	}
	return n
}

// settle waits until no more goroutines are there. It gives up after a time that no machine
// needs; what is left is then observed.
func settle(goroutines int) {
	for begun := time.Now(); runtime.NumGoroutine() > goroutines && time.Since(begun) < 10*time.Second; {
		runtime.Gosched()
	}
}

// sweepTimers has the runtime drop timers that were stopped. Stopping one only marks it, and
// what it refers to is held on. Each P sweeps its own list, between two goroutines, when a
// quarter of it is marked (runtime/time.go, timers.check); with one P, a yield is enough.
func sweepTimers() {
	for range experiment.Settling {
		runtime.Gosched()
	}
}

// state tells whether anything refers to the request's context, as of the last collection.
func (r request) state() string {
	if r.carries.Value() == nil {
		return released
	}
	return held
}
