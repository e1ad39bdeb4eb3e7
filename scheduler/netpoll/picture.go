package netpoll

import (
	"fmt"
	"os"
	"strings"
	"sync"
	"time"

	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/timeline"
)

// shown is how many goroutines of each sort are drawn.
const shown = 4

// picture shows the first goroutines of each sort, when they are about to wait, and the
// threads on which they are then. Goroutines and threads are numbered as they come. Its
// methods may be called by many goroutines at once.
type picture struct {
	now func() time.Duration

	mu         sync.Mutex
	goroutines int
	threads    []thread
	events     []timeline.Event // kept for later: to record one is a system call
}

type thread struct {
	id    int // the kernel's
	state timeline.State
}

// sort returns what goroutine i of one sort calls right before it waits: for the sake of
// the picture, in which that is the state given, and for that reason.
func (p *picture) sort(state timeline.State, reason string) (about func(i int)) {
	return func(i int) {
		if i >= shown {
			return
		}
		p.mu.Lock()
		defer p.mu.Unlock()
		m := p.thread(threadID())
		g := p.goroutines
		p.goroutines++
		if state == timeline.Waiting {
			p.move(m, timeline.Running)
		}
		p.event(timeline.G(g), timeline.Running, state,
			timeline.Attr{Key: "on", Value: timeline.M(m).String()}, timeline.Attr{Key: "reason", Value: reason})
		if state == timeline.Syscall {
			p.move(m, state)
		}
	}
}

// look asks the kernel for the state of the threads that are drawn and are not known to be
// in a call.
func (p *picture) look() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	for m, t := range p.threads {
		if t.state == timeline.Syscall {
			continue
		}
		asleep, err := asleep(t.id)
		switch {
		case err != nil:
			return err
		case asleep:
			p.move(m, timeline.Idle)
		default:
			p.move(m, timeline.Running)
		}
	}
	return nil
}

// thread returns the number of a thread by that of the kernel.
func (p *picture) thread(id int) int {
	for m, t := range p.threads {
		if t.id == id {
			return m
		}
	}
	p.threads = append(p.threads, thread{id: id})
	return len(p.threads) - 1
}

func (p *picture) move(m int, to timeline.State) {
	if from := p.threads[m].state; from != to {
		p.event(timeline.M(m), from, to)
		p.threads[m].state = to
	}
}

func (p *picture) event(s timeline.Subject, from, to timeline.State, attrs ...timeline.Attr) {
	p.events = append(p.events, timeline.Event{
		At: p.now(), Provenance: timeline.Observed, Subject: s, From: from, To: to, Attrs: attrs,
	})
}

// draw records what there is so far.
func (p *picture) draw(r *experiment.Recorder) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, e := range p.events {
		r.Event(e)
	}
}

// asleep reports whether a thread of this process sleeps in the kernel.
func asleep(thread int) (bool, error) {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/self/task/%d/stat", thread))
	if err != nil {
		return false, fmt.Errorf("look at a thread: %w", err)
	}
	// The name in parentheses may contain anything; the state is the letter after it.
	_, state, _ := strings.Cut(string(stat[strings.LastIndexByte(string(stat), ')'):]), " ")
	return strings.HasPrefix(state, "S"), nil
}
