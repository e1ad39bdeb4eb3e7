package child

import (
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	Main(func(j Job) int {
		body, ok := bodies[j.Body]
		if !ok {
			fmt.Fprintln(os.Stderr, "no such body:", j.Body)
			return 125
		}
		return body(j)
	})
	goleak.VerifyTestMain(m)
}

// recording is what a process has said.
type recording struct {
	mu    sync.Mutex
	out   strings.Builder
	err   strings.Builder
	lines chan string
}

// start starts spec with a recording of what it says. When the test ends, so does
// the process.
func (r *recording) start(t *testing.T, spec Spec) *Process {
	t.Helper()
	r.lines = make(chan string, 100_000)
	spec.Output = func(s Stream, p []byte) {
		r.mu.Lock()
		defer r.mu.Unlock()
		if s == Stdout {
			r.out.Write(p)
		} else {
			r.err.Write(p)
		}
	}
	spec.Reported = func(line string) { r.lines <- line }
	p, err := Start(t.Context(), spec)
	require.NoError(t, err)
	t.Cleanup(func() { _, _ = p.Wait() })
	return p
}

// line waits for the next line of the report.
func (r *recording) line(t *testing.T, p *Process) string {
	t.Helper()
	select {
	case line := <-r.lines:
		return line
	case <-p.over:
		require.NotEmpty(t, r.lines, "process ended without another line: %+v, stderr: %s", p.status(), r.err.String())
		return <-r.lines
	}
}

// rest is what remains of the report, after the end of the process.
func (r *recording) rest() []string {
	close(r.lines)
	var all []string
	for line := range r.lines {
		all = append(all, line)
	}
	return all
}

// run runs spec to its end, and requires that nothing is left of it.
func run(t *testing.T, spec Spec) (Status, *recording) {
	t.Helper()
	var r recording
	return end(t, r.start(t, spec)), &r
}

// end waits for p, and requires that nothing is left of it.
func end(t *testing.T, p *Process) Status {
	t.Helper()
	s, err := p.Wait()
	require.NoError(t, err)
	requireNothingLeft(t, p)
	return s
}
