package threads

import (
	"context"
	"os"
	"runtime"
	"sync"
	"time"

	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/procfs"
	"lab.example/gopark/internal/timeline"
)

// picture shows what the threads do from which calls are made. They are numbered as they
// come. Its methods may be called by many goroutines at once.
type picture struct {
	now func() time.Duration

	mu     sync.Mutex
	ids    []int            // of the threads, in the kernel
	states []timeline.State // likewise
	events []timeline.Event // kept for later: to record one is a system call
}

// calls says that the calling goroutine is about to block in a system call.
func (p *picture) calls() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.here(timeline.Syscall)
}

// runs says that the calling goroutine is running.
func (p *picture) runs() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.here(timeline.Running)
}

// rests waits until the kernel says of every thread but that of the calling goroutine
// that it sleeps. No goroutine may be in a call.
func (p *picture) rests(ctx context.Context) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.here(timeline.Running)
	for m, id := range p.ids {
		for p.states[m] == timeline.Syscall && ctx.Err() == nil {
			status, err := procfs.Thread(os.Getpid(), id)
			switch {
			case err != nil:
				return err
			case status.State == procfs.Sleeping:
				p.move(m, timeline.Idle, timeline.Observed)
			case threadID() == id: // we have come here meanwhile
				p.here(timeline.Running)
			default:
				runtime.Gosched()
			}
		}
	}
	return context.Cause(ctx)
}

// here says what the thread of the calling goroutine does. There is one P and it is
// here, so no other thread runs. p.mu must be held.
func (p *picture) here(state timeline.State) {
	me := p.thread(threadID())
	for m, other := range p.states {
		if m != me && other == timeline.Running {
			p.move(m, timeline.Idle, timeline.Inferred)
		}
	}
	p.move(me, state, timeline.Observed)
}

// thread returns the number of a thread by that of the kernel.
func (p *picture) thread(id int) int {
	for m := range p.ids {
		if p.ids[m] == id {
			return m
		}
	}
	p.ids, p.states = append(p.ids, id), append(p.states, "")
	return len(p.ids) - 1
}

func (p *picture) move(m int, to timeline.State, how timeline.Provenance) {
	if from := p.states[m]; from != to {
		p.events = append(p.events, timeline.Event{
			At: p.now(), Provenance: how, Subject: timeline.M(m), From: from, To: to,
		})
		p.states[m] = to
	}
}

// draw records what there is. Nobody may add to it any more.
func (p *picture) draw(r *experiment.Recorder) {
	for _, e := range p.events {
		r.Event(e)
	}
}
