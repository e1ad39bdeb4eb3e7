package interrupted

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"runtime/debug"
	"strconv"
	"syscall"

	"golang.org/x/sys/unix"

	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/timeline"
)

// used is the signal that is sent.
const used = syscall.SIGUSR1

// waiter puts all calls through all three things.
func waiter(ctx context.Context, r *experiment.Recorder) error {
	debug.SetGCPercent(-1) // only when we say so
	whenCaught, err := trySignal(ctx)
	if err != nil {
		return fmt.Errorf("%s: %w", caught, err)
	}
	drawCaught(r, whenCaught)
	signal.Ignore(used)
	whenIgnored, err := trySignal(ctx)
	if err != nil {
		return fmt.Errorf("%s: %w", ignored, err)
	}
	drawIgnored(r, len(whenIgnored))
	whenCollected, err := tryCollections(ctx)
	if err != nil {
		return fmt.Errorf("%s: %w", collected, err)
	}
	table := experiment.Table{Header: header()}
	for i, c := range calls {
		table.Add(c.name, whenCaught[i], whenIgnored[i], whenCollected[i])
	}
	unknownCall, err := tryRaw(ctx)
	if err != nil {
		return fmt.Errorf("raw system call: %w", err)
	}
	table.Add("nanosleep: by syscall.RawSyscall", none, none, unknownCall)
	r.Record(observed{table})
	return nil
}

// trySignal sends the signal to a thread in each of the calls, and returns what became
// of them.
func trySignal(ctx context.Context) (results []string, err error) {
	all, err := enterAll(ctx)
	if err != nil {
		return nil, err
	}
	for _, t := range all {
		if err := unix.Tgkill(os.Getpid(), t.tid, used); err != nil {
			return nil, fmt.Errorf("%s: send %v: %w", t.name, used, err)
		}
	}
	return finishAll(ctx, all)
}

// collections is how many there are while the calls wait. Each has to stop all Ps.
const collections = 5

// tryCollections makes the runtime interrupt whatever it thinks must be interrupted.
func tryCollections(ctx context.Context) ([]string, error) {
	all, err := enterAll(ctx)
	if err != nil {
		return nil, err
	}
	for range collections {
		runtime.GC()
	}
	return finishAll(ctx, all)
}

// tryRaw sleeps in a call which the runtime does not know to be one: it takes the
// goroutine for one that computes.
func tryRaw(ctx context.Context) (string, error) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(2)) // such a call keeps its P
	w, err := nanosleep()
	if err != nil {
		return "", err
	}
	t := enter("raw nanosleep", w, syscall.RawSyscall6)
	runtime.GC()
	select {
	case <-t.over:
	case <-ctx.Done():
		return "", context.Cause(ctx)
	}
	return outcomeOf(syscall.Errno(t.errno.Load())), nil
}

// enterAll returns when a thread sleeps in each of the calls, and no signal is on its way
// to any.
func enterAll(ctx context.Context) (all []*thread, err error) {
	for _, c := range calls {
		t, err := c.enter(ctx)
		if err != nil {
			return nil, err
		}
		all = append(all, t)
	}
	return all, othersSleep(ctx)
}

// tries is how often a call is made that is interrupted on its way in.
const tries = 10

// enter returns when a thread sleeps in the call. It can happen that the runtime finds a
// goroutine running for too long, and decides to interrupt its thread, just before the
// goroutine goes into its call. Then the signal meets the call, and another one is made.
func (c call) enter(ctx context.Context) (*thread, error) {
	for range tries {
		w, err := c.open()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", c.name, err)
		}
		t := enter(c.name, w, syscall.Syscall6)
		if err := t.arrive(ctx); !errors.Is(err, syscall.EINTR) {
			return t, err
		}
	}
	return nil, experiment.Unmet("the machine is too busy: %s was interrupted %d times before it waited", c.name, tries)
}

// finishAll says what has become of the calls. Those that go on must succeed once there
// is what they wait for. The others stay until this process ends.
func finishAll(ctx context.Context, all []*thread) (results []string, err error) {
	for _, t := range all {
		result, err := t.outcome(ctx, used)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", t.name, err)
		}
		results = append(results, result)
	}
	for _, t := range all {
		err = errors.Join(err, t.finish(ctx))
	}
	return results, err
}

// drawCaught shows where the signals ended. That the handler has run is inferred: none is
// pending any more.
func drawCaught(r *experiment.Recorder, results []string) {
	failed := 0
	for _, result := range results {
		if result == eintr {
			failed++
		}
	}
	flow(r, "caught/sender", timeline.Sent, timeline.Observed, len(results))
	flow(r, "caught/handler", timeline.Delivered, timeline.Inferred, len(results))
	flow(r, "caught/call", timeline.Dropped, timeline.Observed, len(results)-failed)
	flow(r, "caught/call", timeline.Delivered, timeline.Observed, failed)
}

func drawIgnored(r *experiment.Recorder, count int) {
	flow(r, "ignored/sender", timeline.Sent, timeline.Observed, count)
	flow(r, "ignored/kernel", timeline.Dropped, timeline.Inferred, count)
}

func flow(r *experiment.Recorder, where string, to timeline.State, how timeline.Provenance, count int) {
	r.Event(timeline.Event{
		At: r.Since(), Provenance: how,
		Subject: timeline.Subject{Kind: timeline.Signal, ID: "SIGUSR1/" + where}, To: to,
		Attrs: []timeline.Attr{{Key: "count", Value: strconv.Itoa(count)}},
	})
}
