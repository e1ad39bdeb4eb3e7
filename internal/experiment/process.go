package experiment

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"

	"lab.example/gopark/internal/child"
)

// Ending is how the process of an isolated body ended, recorded by its parent.
type Ending struct {
	Exit   int64    `obs:"/process/exit:status"` // 0..255, or -1 if a signal ended it
	Signal string   `obs:"/process/signal:name"` // "SIGKILL"; "" if it exited
	Stdout []string `obs:"/process/stdout:lines"`
	Stderr []string `obs:"/process/stderr:lines"` // the first lines, see keptLines
}

// keptLines is how many lines of each stream an Ending keeps.
const keptLines = 24

// part is the argument of a process that runs a body.
type part struct {
	Experiment string
	Actor      string // "" is the experiment's Run
	Settings   map[string]int64
}

const bodyName = "experiment"

// Main must be the first statement of main and of every TestMain whose experiments
// run in processes of their own: in such a process it runs the body and exits, in
// every other it returns at once.
func Main(all ...*Experiment) {
	child.Main(func(job child.Job) int { return Serve(job, all...) })
}

// Serve does the work of a process that Do started, and returns its exit status. Main is
// enough unless the binary serves other processes too.
func Serve(job child.Job, all ...*Experiment) int {
	if err := runPart(job, all); err != nil {
		fmt.Fprintln(job.Report, FormatItem(failure(err)))
		return 1
	}
	return 0
}

func runPart(job child.Job, all []*Experiment) error {
	var p part
	if err := json.Unmarshal(job.Arg, &p); err != nil {
		return fmt.Errorf("read part: %w", err)
	}
	for _, e := range all {
		if e.ID != p.Experiment {
			continue
		}
		body := e.Run
		if p.Actor != "" {
			body = e.Actors[p.Actor]
		}
		if body == nil {
			return fmt.Errorf("experiment %s has no actor %q", e.ID, p.Actor)
		}
		// One write a line, unbuffered: a body may end its process at any moment.
		r := newRecorder(e, p.Settings, func(it Item) { _, _ = io.WriteString(job.Report, FormatItem(it)+"\n") })
		return body(context.Background(), r)
	}
	return fmt.Errorf("this binary does not know experiment %s: is it handed to experiment.Main?", p.Experiment)
}

// spec returns what child.Start needs for a part of e whose items go to emit. The
// error of the body, once it has been reported, is in *failed.
func (p part) spec(e *Experiment, limits child.Limits, emit func(Item), failed *error) child.Spec {
	arg, err := json.Marshal(p)
	if err != nil {
		panic(err) // three plain fields
	}
	return child.Spec{
		Body:   bodyName,
		Arg:    arg,
		Env:    child.Env(e.Env...),
		Limits: limits,
		Reported: func(line string) {
			switch it, err := ParseItem(line); f := it.(type) {
			case Failure:
				*failed = f.Err()
			case nil:
				if err != nil {
					*failed = err
				}
			default:
				emit(it)
			}
		},
	}
}

// runSeparate runs e.Run in a process of its own. For an Isolated experiment the end
// of that process is recorded; for others anything but exit status 0 is an error.
func runSeparate(ctx context.Context, e *Experiment, settings map[string]int64, o Options, emit func(Item)) error {
	var failed error
	o.Limits.Wall = cmp.Or(o.Limits.Wall, e.Wall)
	spec := part{Experiment: e.ID, Settings: settings}.spec(e, o.Limits, emit, &failed)
	var stdout, stderr head
	spec.Output = func(s child.Stream, p []byte) {
		if s == child.Stdout {
			stdout.write(p)
		} else {
			stderr.write(p)
		}
		if o.Output != nil {
			o.Output(s, p)
		}
	}
	status, err := child.Run(ctx, spec)
	switch {
	case err != nil:
		return err
	case status.Limit == child.Cancelled:
		return context.Cause(ctx)
	case status.Limit != child.None:
		return Unmet("%s", status.Reason)
	case failed != nil:
		return failed
	}
	if e.Isolated {
		newRecorder(e, settings, emit).Record(Ending{int64(status.Exit), status.Signal, stdout.lines(), stderr.lines()})
		return nil
	}
	if status.Exit != 0 {
		return fmt.Errorf("its process ended with status %d %s: %s",
			status.Exit, status.Signal, strings.Join(stderr.lines(), "; "))
	}
	return nil
}

// head keeps the beginning of a stream.
type head struct{ b []byte }

func (h *head) write(p []byte) {
	const limit = 16 << 10
	h.b = append(h.b, p[:min(len(p), limit-len(h.b))]...)
}

func (h *head) lines() []string {
	text := strings.TrimRight(string(h.b), "\n")
	if text == "" {
		return []string{}
	}
	lines := strings.Split(text, "\n")
	return lines[:min(len(lines), keptLines)]
}

// Actor is a process that runs one of the experiment's Actors.
type Actor struct {
	*child.Process
	name           string
	failed         error // written by the reading goroutine, read after Wait
	stdout, stderr head  // the same

	mu      sync.Mutex
	reached map[string]any // marks, and values by name
	changed chan struct{}  // closed and replaced when reached grows, closed for good at the end
	ended   bool
}

// Start runs the experiment's actor called name in a process of its own, with the
// same knobs and each of env, "NAME=value", in its environment. What it records is
// recorded by r too. The caller must Wait for it.
func (r *Recorder) Start(ctx context.Context, name string, env ...string) (*Actor, error) {
	a := &Actor{name: name, reached: make(map[string]any), changed: make(chan struct{})}
	emit := func(it Item) {
		switch x := it.(type) {
		case Mark:
			a.reach(string(x), nil)
			return // it is for this process and nobody else
		case Value:
			a.reach(x.Name, x.V)
		}
		r.add(it)
	}
	p := part{Experiment: r.experiment.ID, Actor: name, Settings: r.settings}
	spec := p.spec(r.experiment, child.Limits{}, emit, &a.failed)
	spec.Env = child.Env(slices.Concat(r.experiment.Env, env)...)
	spec.Output = func(s child.Stream, p []byte) {
		if s == child.Stdout {
			a.stdout.write(p)
		} else {
			a.stderr.write(p)
		}
	}
	process, err := child.Start(ctx, spec)
	if err != nil {
		return nil, fmt.Errorf("start actor %s: %w", name, err)
	}
	a.Process = process
	go func() {
		_, _ = process.Wait()
		a.mu.Lock()
		defer a.mu.Unlock()
		a.ended = true
		close(a.changed)
	}()
	return a, nil
}

func (a *Actor) reach(name string, v any) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.reached[name] = v
	close(a.changed)
	a.changed = make(chan struct{})
}

// Await returns once the actor has set a mark or recorded a value of this name, and
// returns the value: the handshake between two processes. It fails if the actor ends
// first.
func (a *Actor) Await(ctx context.Context, name string) (any, error) {
	for {
		a.mu.Lock()
		v, ok := a.reached[name]
		ended, changed := a.ended, a.changed
		a.mu.Unlock()
		switch {
		case ok:
			return v, nil
		case ended:
			_, err := a.Wait()
			return nil, errors.Join(fmt.Errorf("actor %s ended before %s", a.name, name), err)
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
}

// Wait waits for the end of the actor and of everything that it started. The error
// is that of the actor's body, or says how its process was stopped.
func (a *Actor) Wait() (child.Status, error) {
	status, err := a.Process.Wait()
	switch {
	case err != nil:
		return status, err
	case a.failed != nil:
		return status, fmt.Errorf("actor %s: %w", a.name, a.failed)
	case status.Limit != child.None:
		return status, Unmet("actor %s was %s", a.name, status.Reason)
	}
	return status, nil
}

// Ending waits for the actor's end and returns how its process ended, whatever way that
// was. The errors are those of Wait.
func (a *Actor) Ending() (Ending, error) {
	status, err := a.Wait()
	return Ending{int64(status.Exit), status.Signal, a.stdout.lines(), a.stderr.lines()}, err
}

// Reached reports whether the actor has set a mark or recorded a value of this name.
func (a *Actor) Reached(name string) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	_, ok := a.reached[name]
	return ok
}

// String says how a process ended: "exit 2", or the signal.
func (e Ending) String() string {
	if e.Signal != "" {
		return e.Signal
	}
	return fmt.Sprint("exit ", e.Exit)
}
