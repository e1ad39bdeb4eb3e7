package plain

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"sync"

	"lab.example/gopark/internal/child"
	"lab.example/gopark/internal/experiment"
)

// Process is a program that runs, or has run.
type Process struct {
	*child.Process

	mu       sync.Mutex
	reported []string        // lines on descriptor 3
	changed  chan struct{}   // closed and replaced when reported grows
	over     chan struct{}   // closed at the end
	stdout   strings.Builder // written by one goroutine, read after over
	stderr   strings.Builder // the same
}

// Run runs a program to its end, and returns how it ended.
func (p *Program) Run(ctx context.Context, args ...string) (experiment.Ending, error) {
	process, err := p.Start(ctx, args...)
	if err != nil {
		return experiment.Ending{}, err
	}
	return process.Ending()
}

// Start starts the program, as a supervised process. The caller must wait for its
// Ending.
func (p *Program) Start(ctx context.Context, args ...string) (*Process, error) {
	return Start(ctx, child.Spec{Path: p.Path, Args: args})
}

// Start starts any program, with Output and Reported of the spec taken care of.
func Start(ctx context.Context, spec child.Spec) (*Process, error) {
	p := &Process{changed: make(chan struct{}), over: make(chan struct{})}
	spec.Reported = p.report
	spec.Output = func(s child.Stream, b []byte) {
		if s == child.Stdout {
			p.stdout.Write(b)
		} else {
			p.stderr.Write(b)
		}
	}
	process, err := child.Start(ctx, spec)
	if errors.Is(err, fs.ErrPermission) { // the folder for temporary files may be mounted noexec
		return nil, experiment.Unmet("what was built may not be run: %v; set TMPDIR to a folder where programs may be", err)
	}
	if err != nil {
		return nil, err
	}
	p.Process = process
	go func() {
		_, _ = process.Wait()
		close(p.over)
	}()
	return p, nil
}

func (p *Process) report(line string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.reported = append(p.reported, line)
	close(p.changed)
	p.changed = make(chan struct{})
}

// Await returns once the program has written this line to descriptor 3. It fails if the
// program ends first.
func (p *Process) Await(ctx context.Context, line string) error {
	err := p.AwaitFunc(ctx, func(lines []string) bool { return slices.Contains(lines, line) })
	if err != nil {
		return fmt.Errorf("await %q: %w", line, err)
	}
	return nil
}

// AwaitFunc returns once reached is true of the lines that the program has written to
// descriptor 3. It fails if the program ends first.
func (p *Process) AwaitFunc(ctx context.Context, reached func(lines []string) bool) error {
	for {
		ended := p.ended() // asked first: afterwards nothing is reported
		p.mu.Lock()
		there, changed := reached(p.reported), p.changed
		p.mu.Unlock()
		switch {
		case there:
			return nil
		case ended:
			return fmt.Errorf("the program has ended: %s", strings.TrimSpace(p.stderr.String()))
		}
		select {
		case <-changed:
		case <-p.over:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// Ending waits for the end and returns how the process ended, with all that it printed.
// The error is ErrUnmet if a limit stopped it.
func (p *Process) Ending() (experiment.Ending, error) {
	status, err := p.Wait()
	<-p.over
	end := experiment.Ending{Exit: int64(status.Exit), Signal: status.Signal, Stdout: lines(p.stdout.String()), Stderr: lines(p.stderr.String())}
	switch {
	case err != nil || status.Limit == child.None:
	case status.Limit == child.Cancelled:
		err = errors.New(status.Reason)
	default:
		err = experiment.Unmet("a program was %s", status.Reason)
	}
	return end, err
}

func lines(text string) []string {
	text = strings.TrimRight(text, "\n")
	if text == "" {
		return nil
	}
	return strings.Split(text, "\n")
}
