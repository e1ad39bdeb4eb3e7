package child

import (
	"context"
	"errors"
	"fmt"
	"os"
	"syscall"
)

// state is what has been reported about the process so far.
type state struct {
	stopped          bool
	stops, continues int
	ended            bool
}

func (p *Process) update(f func(*state)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	f(&p.state)
	close(p.changed)
	p.changed = make(chan struct{})
}

// PID returns the process id of the process, not of its supervisor.
func (p *Process) PID() int { return p.pid }

// Signal sends sig to the process, and to nothing else. It returns
// os.ErrProcessDone after the process's end.
func (p *Process) Signal(sig syscall.Signal) error {
	if p.snapshot().ended { // where there are no handles, a pid might mean another by now
		return os.ErrProcessDone
	}
	err := p.process.Signal(sig)
	if err == nil {
		return nil
	}
	if errors.Is(err, os.ErrProcessDone) || p.snapshot().ended {
		return os.ErrProcessDone
	}
	return fmt.Errorf("signal %s: %w", p.spec.name(), err)
}

func (p *Process) snapshot() state {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.state
}

// WaitStopped waits until a stop signal has stopped the process, and returns at
// once if it is stopped now. It returns os.ErrProcessDone if the process ends
// first, and the cause of ctx's end if that comes first.
func (p *Process) WaitStopped(ctx context.Context) error {
	return p.waitState(ctx, func(then, now state) bool { return now.stopped || now.stops > then.stops })
}

// WaitContinued waits until SIGCONT has resumed the process, and returns at once
// if it is not stopped now. Its errors are those of WaitStopped.
func (p *Process) WaitContinued(ctx context.Context) error {
	return p.waitState(ctx, func(then, now state) bool { return !now.stopped || now.continues > then.continues })
}

func (p *Process) waitState(ctx context.Context, reached func(then, now state) bool) error {
	then := p.snapshot()
	for {
		p.mu.Lock()
		now, changed := p.state, p.changed
		p.mu.Unlock()
		switch {
		case now.ended:
			return os.ErrProcessDone
		case reached(then, now):
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}
