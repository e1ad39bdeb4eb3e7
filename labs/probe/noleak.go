package probe

import (
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"lab.example/gopark/internal/stacks"
)

// NoLeak makes t fail when it is over, if goroutines of the answer are then still there:
//
//	leak: goroutines still there when the test was over: 2 in chan send (answer.go:23)
//
// It is for tests that cannot run in a bubble, because they do real input and output or
// start processes; Bubble itself finds what is left in it. In a bubble NoLeak panics. It
// may be called anywhere in a test, and looks after everything that t.Cleanup was given
// later has run.
//
// A goroutine is the answer's if it runs code in the folder of the caller that is not in
// a test file, or was started there. Others, of the judge or of the standard library, do
// not count: a timer, a context or a file that was left behind has no goroutine. What an
// earlier test left counts, so all tests of a lab should look. With t.Parallel it does not
// go.
//
// Goroutines that are about to end are given time: half a second from when the last of
// them was seen to run, three seconds in all. If none is left, it costs half a millisecond. A
// test that has failed already is not looked at.
func NoLeak(t testing.TB) {
	t.Helper()
	if ownBubble() != 0 {
		panic("probe: NoLeak in a bubble, which looks for leaks by itself")
	}
	_, caller, _, _ := runtime.Caller(1)
	folder := filepath.Dir(caller)
	t.Cleanup(func() {
		t.Helper()
		if t.Failed() {
			return
		}
		if left := remaining(folder, 500*time.Millisecond, 3*time.Second); len(left) > 0 {
			t.Errorf("leak: goroutines still there when the test was over: %s", stacks.Summary(toAnswer(left, folder), folder))
		}
	})
}

// remaining returns the goroutines of the answer in folder that do not end, although they
// are waited for: until all have been blocked for the time quiet, and no longer than most.
func remaining(folder string, quiet, most time.Duration) []stacks.Goroutine {
	start := time.Now()
	moved := start
	for {
		all := stacks.Parse(stacks.All())
		left := slices.DeleteFunc(all[1:], func(g stacks.Goroutine) bool { return !ofAnswer(g, folder) })
		now := time.Now()
		if slices.ContainsFunc(left, func(g stacks.Goroutine) bool { return canRun(g.Wait) }) {
			moved = now
		}
		if len(left) == 0 || now.Sub(moved) > quiet || now.Sub(start) > most {
			return left
		}
		time.Sleep(time.Millisecond)
	}
}

// ofAnswer reports whether g runs code in folder that is not a test's, or was started by
// such code.
func ofAnswer(g stacks.Goroutine, folder string) bool {
	return slices.ContainsFunc(append(slices.Clone(g.Frames), g.Created), func(f stacks.Frame) bool {
		return filepath.Dir(f.File) == folder && !strings.HasSuffix(f.File, "_test.go")
	})
}
