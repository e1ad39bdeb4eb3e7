package labs

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/labs/judge"
)

// sitting is a session whose judge finds pass, at once.
func sitting(t *testing.T, w work) *session {
	t.Helper()
	c := newChecker(t.Context(), func(f func()) { go f() })
	s, err := newSession(t.Context(), w, func(context.Context, Lab, string, judge.Plan, func(string)) (judge.Result, error) {
		return judge.Result{Finding: judge.Finding{Verdict: judge.Pass, Message: "clean"}}, nil
	}, c)
	require.NoError(t, err)
	t.Cleanup(c.stop)
	return s
}

// finish lets the job that is running tell all that it has to.
func (s *session) finish(t *testing.T) {
	t.Helper()
	for s.progress != "" {
		s.told(<-s.checker.events)
	}
	require.NoError(t, s.refresh())
}

func shown(s *session) string {
	var text []string
	for _, l := range s.frame(100, 30) {
		text = append(text, l.text)
	}
	return strings.Join(text, "\n")
}

func TestASessionFromTheBeginning(t *testing.T) {
	w := module(t)
	s := sitting(t, w)
	require.Contains(t, shown(s), "not begun")
	require.NoFileExists(t, w.answer(firsterr), "to look at a lab does not begin it")
	s.pressed('h')
	require.NoFileExists(t, w.answer(firsterr))
	s.pressed('c')
	require.Contains(t, shown(s), "no lab has been started")
	s.pressed(keyEnter)
	require.FileExists(t, w.answer(firsterr))

	s.saved(firsterr)
	require.Contains(t, shown(s), "building ...")
	s.finish(t)
	require.Contains(t, shown(s), "PASS\n  clean")
	require.Contains(t, shown(s), "passed; lab 1 of ", "and it stays there")
	s.pressed('a')
	require.Contains(t, shown(s), "package firsterr")
	require.Contains(t, shown(s), "more lines")
	before := shown(s)
	s.pressed(' ')
	require.NotEqual(t, before, shown(s))
	s.pressed('b')
	require.Equal(t, before, shown(s))
	s.pressed(keyEscape)
	s.pressed('l')
	require.Contains(t, shown(s), "> firsterr     passed")
	s.pressed('c')
	s.finish(t)
	require.Contains(t, shown(s), "> firsterr     passed")
	s.pressed('p')
	require.Zero(t, s.at, "before the first there is none")
	for range len(All) + 3 {
		s.pressed('n')
	}
	require.Equal(t, len(All)-1, s.at)
	require.False(t, s.over)
	s.pressed('q')
	require.True(t, s.over)
}

// Only h on the hints themselves takes another one.
func TestHintsOfASession(t *testing.T) {
	w := begin(t)
	s := sitting(t, w)
	s.finish(t)
	taken := func() int {
		past, err := w.history()
		require.NoError(t, err)
		return past.hints(firsterr)
	}
	s.pressed('h')
	require.Equal(t, 1, taken())
	s.pressed(keyEscape)
	s.pressed('h')
	require.Equal(t, 1, taken())
	require.Contains(t, shown(s), "Hint 1: ")
	s.pressed('h')
	require.Equal(t, 2, taken())
	for range 3 {
		s.pressed('h')
	}
	require.Equal(t, 3, taken())
	require.NotContains(t, shown(s), "one more")
}

// Whatever there is to show and however small the screen: a frame has its height, and
// nothing in it is a command to the terminal.
func TestFramesFit(t *testing.T) {
	w := begin(t)
	s := sitting(t, w)
	s.finish(t)
	s.last["firsterr"] = event{lab: firsterr, result: judge.Result{
		Finding:  judge.Finding{Verdict: judge.Panic, Message: strings.Repeat("long \x1b[2J ", 300), Place: "answer.go:1", Test: "TestX"},
		Evidence: &judge.Evidence{Groups: []judge.Group{{Count: 3, Doing: "chan send", Stack: []string{"Run answer.go:7"}, From: "answer.go:5"}}},
	}}
	for _, v := range []view{viewVerdict, viewList, viewHints, viewAnswer} {
		for _, height := range []int{1, 5, 10, 50, 400} {
			for _, width := range []int{1, 20, 80, 200} {
				s.show(v)
				s.top = 1000
				frame := s.frame(width, height)
				require.GreaterOrEqual(t, len(frame), height, fmt.Sprint(v, height, width))
				for _, l := range frame {
					require.NotContains(t, l.text, "\x1b")
				}
			}
		}
	}
	s.show(viewVerdict)
	require.Contains(t, func() string {
		var all []string
		for _, l := range s.frame(100, 100) {
			all = append(all, l.text)
		}
		return strings.Join(all, "\n")
	}(), "  3 x chan send\n      Run answer.go:7\n      started at answer.go:5")

	s.last["firsterr"] = event{lab: firsterr, err: errors.New("no go command")}
	require.Contains(t, shown(s), "cannot be judged: no go command")
}
