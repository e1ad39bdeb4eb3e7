package labs

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"time"

	"lab.example/gopark/internal/cli"
)

// Watch is "gopark lab watch".
type Watch struct{}

// Help is the long help text.
func (Watch) Help() string {
	return `Judges an answer whenever it is saved, in any of the labs that you have started. A save
while an older one is being judged takes its place. It never goes on to the next lab by
itself.

In a terminal it takes the screen, and these keys:
  n, p    the next lab, the one before        Enter  begin it, or check it again
  h       the hints that you have had, and    c      check all answers
          then one more each time             r, u   begin again; bring the answer back
  l       the list                            Esc    back to the verdict
  a       the answer, after you have passed   q      quit, as does Ctrl-C

Without a terminal it prints one line for each verdict and goes on until it is stopped.

The exit status is 0 when you leave it, by whichever way.`
}

// Run does it.
func (Watch) Run(ctx context.Context, t *cli.Terminal) error {
	w, err := here()
	if err != nil {
		return err
	}
	if !t.Interactive {
		fmt.Fprintln(t.Err, "watching the answers in work/; Ctrl-C ends it")
	}
	poll := time.NewTicker(pollEvery)
	defer poll.Stop()
	return watch(ctx, t, w, w.judge, poll.C)
}

// watch is one session from its beginning to its end. When it returns, the terminal is
// what it was and nothing that was started is left, but for a reader of the keyboard: a
// terminal cannot be cut.
func watch(ctx context.Context, t *cli.Terminal, w work, check judgeFunc, poll <-chan time.Time) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	crashes := make(chan crash)
	spawn := func(f func()) { go guarded(ctx, crashes, f) }

	checker := newChecker(ctx, spawn)
	defer checker.stop()
	answers, err := w.newWatcher(poll)
	if err != nil {
		return err
	}
	defer answers.close()
	saves := make(chan Lab)
	watched := make(chan struct{})
	spawn(func() {
		defer close(watched)
		answers.run(ctx, func(l Lab) {
			select {
			case saves <- l:
			case <-ctx.Done():
			}
		})
	})
	defer func() { cancel(); <-watched }()

	ui := display(lines{t})
	var keys chan key
	if t.Interactive {
		screen, err := openScreen(t.In.(*os.File), t.Out.(*os.File))
		if err != nil {
			return err
		}
		defer screen.close()
		ui = screen
		keys = make(chan key)
		spawn(func() {
			readKeys(t.In, func(k key) bool {
				select {
				case keys <- k:
					return true
				case <-ctx.Done():
					return false
				}
			})
		})
	}
	s, err := newSession(ctx, w, check, checker)
	if err != nil {
		return err
	}
	for !s.over {
		if err := ui.show(s); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return nil
		case c := <-crashes:
			panic(c)
		case l := <-saves:
			s.saved(l)
		case e := <-checker.events:
			if s.told(e) {
				ui.verdict(e)
			}
		case k := <-keys:
			s.pressed(k)
		case <-ui.changed():
			ui.measure()
		}
		if err := s.refresh(); err != nil {
			return err
		}
	}
	return nil
}

// display shows a session.
type display interface {
	show(s *session) error // the state, after everything that has happened
	verdict(e event)       // one verdict, when it comes
	changed() <-chan os.Signal
	measure() // after changed
}

func (s *fullScreen) show(now *session) error   { return s.paint(now.frame(s.width, s.height)) }
func (s *fullScreen) verdict(event)             {}
func (s *fullScreen) changed() <-chan os.Signal { return s.resized }

// lines is the display where there is no terminal: a line for each verdict.
type lines struct{ t *cli.Terminal }

func (lines) show(*session) error       { return nil }
func (lines) changed() <-chan os.Signal { return nil }
func (lines) measure()                  {}

func (l lines) verdict(e event) {
	if e.err != nil {
		l.t.Printf("%s: cannot be judged: %s\n", e.lab.Name, printable(e.err.Error()))
		return
	}
	text := fmt.Sprintf("%s: %s", e.lab.Name, e.result.Verdict)
	if e.result.Message != "" {
		text += ": " + printable(strings.ReplaceAll(e.result.Message, "\n", " "))
	}
	if place := below(filepath.Dir(answerName(e.lab)), e.result.Place); place != "" {
		text += " (" + printable(place) + ")"
	}
	l.t.Printf("%s\n", text)
}

// crash is a panic of another goroutine, on its way to the one that has to give the
// terminal back first.
type crash struct {
	value any
	stack []byte
}

func (c crash) Error() string { return fmt.Sprintf("%v\n\n%s", c.value, c.stack) }

// guarded calls f, and hands its panic over.
func guarded(ctx context.Context, crashes chan<- crash, f func()) {
	defer func() {
		if value := recover(); value != nil {
			select {
			case crashes <- crash{value, debug.Stack()}:
			case <-ctx.Done():
			}
		}
	}()
	f()
}
