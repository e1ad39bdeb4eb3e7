package child

import (
	"fmt"
	"os"
)

// pipe is both ends of a pipe; after a start, one end is ours and the other theirs.
type pipe struct{ read, write *os.File }

// pipes are what lies between this process and a supervisor.
type pipes struct{ control, status, report, stdout, stderr pipe }

func newPipes() (p pipes, err error) {
	for _, end := range []*pipe{&p.control, &p.status, &p.report, &p.stdout, &p.stderr} {
		if end.read, end.write, err = os.Pipe(); err != nil {
			p.closeTheirs()
			p.closeOurs()
			return p, fmt.Errorf("make pipe: %w", err)
		}
	}
	return p, nil
}

func (p pipes) closeTheirs() {
	for _, f := range []*os.File{p.control.read, p.status.write, p.report.write, p.stdout.write, p.stderr.write} {
		f.Close()
	}
}

func (p pipes) closeOurs() {
	for _, f := range []*os.File{p.control.write, p.status.read, p.report.read, p.stdout.read, p.stderr.read} {
		f.Close()
	}
}
