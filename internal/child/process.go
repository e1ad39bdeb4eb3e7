package child

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"sync"
	"syscall"
	"time"
)

// reactionTime is how long a supervisor may take to clear up. It takes milliseconds.
// One that takes longer is killed, and its work done from here: nothing is lost if it
// was only slow.
const reactionTime = time.Second

// startTime is how long a supervisor may take to start its process.
const startTime = 30 * time.Second

// Process is a process that Start has started.
type Process struct {
	spec       Spec
	token      string
	supervisor *os.Process
	control    *os.File
	begun      time.Time
	tally      tally
	kill       func()        // has the supervisor kill everything
	killed     chan struct{} // closed by kill
	running    chan struct{} // closed when the process has been started
	exited     chan struct{} // closed when it has ended, as far as the supervisor can tell
	cleared    chan struct{} // closed when nothing of it is left
	over       chan struct{} // closed when all that it wrote has been handed on, and nothing of Process runs any more

	// Written by the goroutine that reads the status pipe: pid and process before it
	// closes running, the others before it closes exited.
	pid     int
	process *os.Process
	exit    *record
	failure error

	// Written before cleared is closed.
	orphaned bool             // somebody has killed the supervisor
	adopted  *os.ProcessState // the end of a process that killed its supervisor, and so became our child
	lasted   time.Duration    // as seen from here
	leftover error            // names what could not be killed

	mu      sync.Mutex
	state   state
	changed chan struct{} // closed and replaced when state changes
}

func newProcess(spec Spec, token string, supervisor *os.Process, control *os.File) *Process {
	p := &Process{
		spec:       spec,
		token:      token,
		supervisor: supervisor,
		control:    control,
		begun:      time.Now(),
		killed:     make(chan struct{}),
		running:    make(chan struct{}),
		exited:     make(chan struct{}),
		cleared:    make(chan struct{}),
		over:       make(chan struct{}),
		changed:    make(chan struct{}),
	}
	p.kill = sync.OnceFunc(func() {
		control.Close()
		close(p.killed)
	})
	p.tally = tally{spec: spec, kill: p.kill}
	return p
}

// listen starts everything that runs on this side while the process does.
func (p *Process) listen(ctx context.Context, from pipes) {
	report, stdout, stderr := from.report.read, from.stdout.read, from.stderr.read
	var follower, readers, enforcer sync.WaitGroup
	follower.Go(func() { p.follow(from.status.read) })
	readers.Go(func() { p.tally.readReport(report) })
	readers.Go(func() { p.tally.readOutput(Stdout, stdout) })
	readers.Go(func() { p.tally.readOutput(Stderr, stderr) })
	enforcer.Go(func() { p.enforce(ctx) })
	go func() {
		defer close(p.over)
		end, err := p.supervisor.Wait()
		if end != nil {
			w, ok := end.Sys().(syscall.WaitStatus)
			p.orphaned = ok && w.Signaled() && w.Signal() == syscall.SIGKILL
		}
		follower.Wait() // nobody else held the other end
		if err != nil || !end.Success() {
			p.adopted, p.leftover = sweep(p.token, p.pid)
		}
		p.lasted = time.Since(p.begun)
		p.update(func(s *state) { s.ended = true })
		close(p.cleared)
		enforcer.Wait()
		p.kill()
		for _, f := range []*os.File{report, stdout, stderr} {
			// Nobody is left who could write. A descriptor that got out of the family, over
			// a socket, must not keep us.
			release(f)
		}
		readers.Wait()
		from.closeOurs()
		if p.process != nil {
			_ = p.process.Release()
		}
	}()
}

// follow reads the status pipe to its end.
func (p *Process) follow(status *os.File) {
	defer close(p.exited)
	records := json.NewDecoder(status)
	for {
		var r record
		if records.Decode(&r) != nil {
			return
		}
		switch r.Kind {
		case kindFailed:
			if r.Failure != nil {
				p.failure = r.Failure
			}
			return
		case kindStarted:
			if p.pid != 0 {
				return
			}
			p.pid = r.PID
			// The supervisor does not reap the process before it is told that we have this:
			// the pid cannot come to mean another process in between.
			p.process, _ = os.FindProcess(r.PID)
			_, _ = p.control.Write([]byte{controlSeen})
			close(p.running)
		case kindStopped:
			p.update(func(s *state) { s.stopped = true; s.stops++ })
		case kindContinued:
			p.update(func(s *state) { s.stopped = false; s.continues++ })
		case kindExited:
			p.exit = &r
			p.update(func(s *state) { s.ended = true })
			return
		}
	}
}

// enforce stops the process when its time is up or ctx ends, and sees to it that
// the supervisor obeys.
func (p *Process) enforce(ctx context.Context) {
	select {
	case <-p.running:
		p.watch(ctx)
	case <-p.exited:
	case <-p.killed:
	case <-ctx.Done():
		p.cancel(ctx)
	case <-time.After(startTime):
		p.kill()
	}
	select {
	case <-p.cleared:
	case <-time.After(reactionTime):
		_ = p.supervisor.Kill()
	}
}

// watch returns when the process has ended or is being killed.
func (p *Process) watch(ctx context.Context) {
	select {
	case <-p.exited:
	case <-p.killed:
	case <-ctx.Done():
		p.cancel(ctx)
	case <-time.After(p.spec.Limits.Wall):
		p.expire(ctx)
	}
}

func (p *Process) cancel(ctx context.Context) {
	p.tally.stop(Cancelled, "stopped: "+context.Cause(ctx).Error())
}

// expire stops a process whose time is up.
func (p *Process) expire(ctx context.Context) {
	p.tally.note(Wall, fmt.Sprintf("stopped after %v of wall-clock time", p.spec.Limits.Wall))
	if p.spec.Limits.Grace > 0 {
		_, _ = p.control.Write([]byte{controlQuit})
		select {
		case <-p.exited:
		case <-p.killed:
		case <-ctx.Done():
		case <-time.After(p.spec.Limits.Grace):
		}
	}
	p.kill()
}

// Wait waits until the process and everything below it has ended, and all that they
// wrote has been handed on. It may be called more than once, and returns the same.
// How the process ended is told by Status; the error is not nil only if something
// below it could not be killed, because it runs as another user.
func (p *Process) Wait() (Status, error) {
	<-p.over
	return p.status(), p.leftover
}
