package waiting

import (
	"context"
	"runtime"
	"slices"
	"strings"
	"sync"

	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/stacks"
	"lab.example/gopark/internal/timeline"
)

// stepsToSee is how many steps the one that computes must make after the cancellation for us
// to say that it went on.
const stepsToSee = 1000

// stop starts the workers, waits until the runtime says that each is where it should be,
// cancels their context, waits for those who look, and asks the runtime again. A cancellation
// has woken whom it wakes when it returns: who is still waiting then was not woken.
func stop(ctx context.Context, draw picture) (table experiment.Table, steps int64, err error) {
	other, err := prepare()
	if err != nil {
		return table, 0, err
	}
	shared, cancel := context.WithCancel(ctx)
	defer cancel()
	draw.context(timeline.NotExist, timeline.Live)
	lookers := start(shared, draw)
	before, err := await(ctx)
	if err != nil {
		return table, 0, err
	}
	for i, doing := range before {
		draw.worker(i, timeline.Running, doing)
	}

	cancel()
	draw.context(timeline.Live, timeline.Canceled)
	from := computed.Load()
	lookers.Wait()
	for computed.Load() < from+stepsToSee {
		runtime.Gosched()
	}
	after := ask()
	table.Header = wantWorkers().Header
	for i, w := range workers {
		table.Add(w.name, before[i], after[i])
		if after[i] == ended {
			draw.end(i, before[i])
		}
	}
	runtime.KeepAlive(other)
	return table, computed.Load() - from, nil
}

// start starts the workers. The group is of those who must end.
func start(ctx context.Context, draw picture) *sync.WaitGroup {
	var lookers sync.WaitGroup
	for i, w := range workers {
		draw.worker(i, timeline.NotExist, computes)
		if w.after == ended {
			lookers.Go(func() { w.work(ctx) })
			continue
		}
		go w.work(ctx)
	}
	return &lookers
}

// await asks until every worker does what it should do before the cancellation.
func await(ctx context.Context) (doing []string, err error) {
	for ctx.Err() == nil {
		doing = ask()
		if slices.EqualFunc(doing, workers, func(d string, w worker) bool { return d == w.before }) {
			return doing, nil
		}
		runtime.Gosched()
	}
	return nil, context.Cause(ctx)
}

// ask returns what the runtime says each worker is doing.
func ask() []string {
	all := stacks.Parse(stacks.All())
	var doing []string
	for _, w := range workers {
		doing = append(doing, w.in(all))
	}
	return doing
}

func (w worker) in(all []stacks.Goroutine) string {
	for _, g := range all {
		inside := func(f stacks.Frame) bool {
			return strings.HasSuffix(f.Func, w.function) // "computing", and not "computing.func1"
		}
		switch {
		case !slices.ContainsFunc(g.Frames, inside):
		case strings.HasPrefix(g.Wait, "run"): // running, runnable: it has something to do
			return computes
		default:
			return g.Wait
		}
	}
	return ended
}

// picture draws the workers and their context.
type picture struct{ r *experiment.Recorder }

func (p picture) add(s timeline.Subject, from, to timeline.State, attrs ...timeline.Attr) {
	p.r.Event(timeline.Event{At: p.r.Since(), Provenance: timeline.Observed, Subject: s, From: from, To: to, Attrs: attrs})
}

func (p picture) context(from, to timeline.State) {
	p.add(timeline.Subject{Kind: timeline.Context, ID: "shared"}, from, to)
}

// worker draws what worker i is doing. One that is running is drawn when it starts.
func (p picture) worker(i int, from timeline.State, doing string) {
	name := timeline.Attr{Key: "name", Value: workers[i].name}
	switch {
	case doing != computes:
		p.add(timeline.G(i+1), from, timeline.Waiting, name, timeline.Attr{Key: "reason", Value: doing})
	case from == timeline.NotExist:
		p.add(timeline.G(i+1), from, timeline.Running, name)
	}
}

func (p picture) end(i int, before string) {
	from := timeline.Waiting
	if before == computes {
		from = timeline.Running
	}
	p.add(timeline.G(i+1), from, timeline.NotExist, timeline.Attr{Key: "name", Value: workers[i].name})
}
