package relay

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/plain"
	"lab.example/gopark/internal/stacks"
	"lab.example/gopark/internal/timeline"
)

// look watches a program from outside until its consumer has gone, and it has sent some
// heartbeats after that and come to rest. Then it has the program print its goroutines,
// which ends it.
func look(ctx context.Context, process *plain.Process) (handled int64, state string, err error) {
	defer func() {
		sig := syscall.SIGQUIT
		if err != nil {
			sig = syscall.SIGKILL
		}
		if asked := process.Signal(sig); !errors.Is(asked, os.ErrProcessDone) {
			err = errors.Join(err, asked)
		}
	}()
	err = process.AwaitFunc(ctx, func(lines []string) bool {
		i := slices.IndexFunc(lines, func(line string) bool { return strings.HasPrefix(line, handledLine) })
		if i < 0 || len(lines) <= i+beats {
			return false
		}
		handled, err = strconv.ParseInt(strings.TrimPrefix(lines[i], handledLine), 10, 64)
		return true
	})
	if err != nil {
		return 0, "", fmt.Errorf("watch the consumer: %w", err)
	}
	state, err = process.Rest(ctx)
	return handled, state, err
}

// read makes out how the program ended, and from what it printed what its goroutines did.
func read(end experiment.Ending) form {
	f := form{ended: end.String()}
	for _, line := range end.Stderr {
		if line == asked {
			f.ended = alive
		} else if line != logged {
			f.said = line
		} else {
			continue
		}
		break
	}
	all := stacks.Parse(strings.Join(end.Stderr, "\n"))
	f.producer, f.forwarder, f.consumes = doing(all, "main.produce"), doing(all, "main.forward"), doing(all, "main.consume")
	return f
}

// asked is how a program that is alive begins its answer to SIGQUIT.
const asked = "SIGQUIT: quit"

// doing returns what the goroutine with this function waits for.
func doing(all []stacks.Goroutine, function string) string {
	complete := false // a dump that has one of the others, such as main, has all of them
	for _, g := range all {
		for _, frame := range g.Frames {
			if frame.Func == function {
				return g.Wait
			}
			complete = complete || frame.Func == "main.main"
		}
	}
	if complete {
		return gone
	}
	return hidden
}

// draw shows what was found of the program that lives on.
func draw(r *experiment.Recorder, f form) {
	if f.ended != alive {
		return
	}
	found := func(who, wait string) {
		to := timeline.Waiting
		if wait == gone {
			to = timeline.NotExist
		}
		r.Event(timeline.Event{
			At: r.Since(), Provenance: timeline.Observed, Subject: timeline.Subject{Kind: timeline.Goroutine, ID: who},
			From: timeline.Running, To: to, Attrs: []timeline.Attr{{Key: "found", Value: wait}},
		})
	}
	found("consumer", f.consumes)
	found("forwarder", f.forwarder)
	found("producer", f.producer)
	r.Event(timeline.Event{
		At: r.Since(), Provenance: timeline.Observed, Subject: timeline.Subject{Kind: timeline.Process, ID: "relay"},
		To: timeline.Running, Attrs: []timeline.Attr{{Key: "state", Value: f.state}},
	})
}
