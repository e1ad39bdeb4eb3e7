package labs

import (
	"bufio"
	"context"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/internal/cli"
	"lab.example/gopark/labs/judge"
)

// watching is a watch without a terminal, whose judge finds in the answer itself what to
// say: "pass", or "wait", upon which it says so and waits to be called off.
type watching struct {
	lines   *bufio.Reader // what it prints
	waiting chan struct{} // receives when the judge has begun to wait
	stop    func() error  // ends it, and returns what it returned
}

func startWatch(t *testing.T, w work, poll <-chan time.Time) watching {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	r, out := io.Pipe()
	here := watching{lines: bufio.NewReader(r), waiting: make(chan struct{})}
	ended := make(chan error, 1)
	go func() {
		err := watch(ctx, &cli.Terminal{Out: out, Err: io.Discard, Width: 80}, w, func(ctx context.Context, l Lab, answer string, _ judge.Plan, told func(string)) (judge.Result, error) {
			text, err := os.ReadFile(answer)
			if err != nil {
				return judge.Result{}, err
			}
			told("reading")
			said := strings.TrimSpace(string(text))
			if said == "wait" {
				here.waiting <- struct{}{}
				<-ctx.Done()
				return judge.Result{}, context.Cause(ctx)
			}
			return judge.Result{Finding: judge.Finding{Verdict: judge.Verdict(said), Message: "a\x1b[31m message", Place: "answer.go:1"}}, nil
		}, poll)
		out.Close()
		ended <- err
	}()
	here.stop = func() error {
		cancel()
		return <-ended
	}
	t.Cleanup(func() { cancel(); r.Close() })
	return here
}

func (h watching) line(t *testing.T) string {
	t.Helper()
	text, err := h.lines.ReadString('\n')
	require.NoError(t, err)
	return text
}

// save writes the answer in one step. One that is written in two may be seen in between,
// and is judged twice; the second time puts an end to the first.
func save(t *testing.T, w work, text string) {
	t.Helper()
	write(t, w.answer(firsterr)+".new", text)
	require.NoError(t, os.Rename(w.answer(firsterr)+".new", w.answer(firsterr)))
}

func begin(t *testing.T) work {
	t.Helper()
	w := module(t)
	term, _ := terminal()
	require.NoError(t, Start{Name: "firsterr"}.Run(t.Context(), term))
	return w
}

// A line for each verdict. Nothing but events can wake this one.
func TestWatchPrintsALineForEachVerdict(t *testing.T) {
	w := begin(t)
	save(t, w, "leak")
	here := startWatch(t, w, nil)
	require.Equal(t, "firsterr: leak: a\uFFFD[31m message (work/firsterr/answer.go:1)\n", here.line(t), "the one that is there")
	save(t, w, "race")
	require.Contains(t, here.line(t), "firsterr: race: ")

	// As editors save that move the old file away first.
	require.NoError(t, os.Rename(w.answer(firsterr), w.answer(firsterr)+".old"))
	save(t, w, "pass")
	require.Contains(t, here.line(t), "firsterr: pass: ")
	require.NoError(t, here.stop())
	past, err := w.history()
	require.NoError(t, err)
	require.True(t, past.passed(firsterr))
}

// A save supersedes the check that is running: that one is called off, and says nothing.
func TestASaveSupersedes(t *testing.T) {
	w := begin(t)
	save(t, w, "wait")
	here := startWatch(t, w, nil)
	<-here.waiting
	save(t, w, "wait ")
	<-here.waiting
	save(t, w, "hang")
	require.Contains(t, here.line(t), "firsterr: hang: ")
	save(t, w, "wait")
	<-here.waiting
	require.NoError(t, here.stop(), "and it can be left meanwhile")
	rest, err := io.ReadAll(here.lines)
	require.NoError(t, err)
	require.Empty(t, string(rest))
}

// Nobody tells that there is something new but the clock.
func TestWatchPolls(t *testing.T) {
	w := begin(t)
	poll := make(chan time.Time)
	a, err := w.newWatcher(poll)
	require.NoError(t, err)
	a.close()
	a.files = nil
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	changed := make(chan Lab)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		a.run(ctx, func(l Lab) { changed <- l })
	}()
	save(t, w, "one")
	go func() { poll <- time.Time{} }()
	require.Equal(t, firsterr, <-changed)

	// The same content again is no save: polled twice, it stays silent.
	save(t, w, "one")
	poll <- time.Time{}
	poll <- time.Time{}
	require.NoError(t, os.Remove(w.answer(firsterr)))
	poll <- time.Time{}
	save(t, w, "one")
	poll <- time.Time{}
	poll <- time.Time{}
	cancel()
	<-ended
}

// What has been called off says nothing any more, and two jobs never run at once.
func TestCheckerDoesTheNewest(t *testing.T) {
	c := newChecker(t.Context(), func(f func()) { go f() })
	running := make(chan struct{})
	old := make(chan struct{})
	c.begin(func(ctx context.Context, tell func(event)) {
		close(running)
		<-ctx.Done()
		tell(event{lab: firsterr})
		close(old)
	})
	<-running
	c.begin(func(context.Context, func(event)) { t.Error("this one is called off before it begins") })
	c.begin(func(_ context.Context, tell func(event)) {
		select {
		case <-old:
		default:
			t.Error("the old job is still running")
		}
		tell(event{progress: "new"})
	})
	e := <-c.events
	for !c.current(e) { // its last words are passed over
		e = <-c.events
	}
	require.Equal(t, "new", e.progress)
	e = <-c.events
	require.True(t, e.over)
	c.stop()
	e.job--
	require.False(t, c.current(e))
}

// A real process with the real judge, stopped as Ctrl-C does it.
func TestWatchWithoutATerminal(t *testing.T) {
	begin(t)
	cmd := actor(t, "lab", "watch")
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	text, err := bufio.NewReader(out).ReadString('\n')
	require.NoError(t, err)
	require.Regexp(t, `^firsterr: assert: the tasks ran one after another: .* \(work/firsterr/firsterr_test.go:\d+\)\n$`, text)
	require.NoError(t, cmd.Process.Signal(os.Interrupt))
	require.NoError(t, cmd.Wait())
}
