// Package probe answers: how does the judge of a lab name the bug, and not only see it?
//
// Judges are ordinary tests, so that a learner can read them and run them with go
// test. What they print, the judge program reads: the first message of a failed test
// is the verdict on the answer. A message that begins with the name of a verdict and
// a colon ("leak: ...") has that verdict, every other one is "assert". A judge does
// not call Log: a log line could not be told from a failure.
//
// Read bubble.go: time that costs nothing, leaks and deadlocks by name.
package probe

import (
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"lab.example/gopark/internal/stacks"
)

// Bubble runs f in a bubble of testing/synctest: its time is virtual, so that
// durations are exact and cost nothing, and it ends when every goroutine started in
// it has ended.
//
// If the only goroutines left can never go on, synctest.Test panics and takes all
// remaining tests with it. Bubble fails t instead, and says who waits for what in
// the folder of the test that called it, and where:
//
//	leak: goroutines still blocked when the test was over: 2 in chan send (answer.go:23)
//	deadlock: every goroutine waits: 1 in sync.WaitGroup.Wait (answer.go:30)
//
// A goroutine that waits for a mutex or spins is not blocked in this sense, and makes
// Bubble hang: the limit of the process that runs the test is for those.
func Bubble(t *testing.T, f func(t *testing.T)) {
	t.Helper()
	verdict, stuck := inBubble(t, f)
	if verdict != "" {
		_, caller, _, _ := runtime.Caller(1)
		t.Fatalf("%s: %s", verdict, stacks.Summary(stuck, filepath.Dir(caller)))
	}
}

// inBubble returns "" if the bubble came to its end, else what was wrong and the
// goroutines that are left in it.
func inBubble(t *testing.T, f func(t *testing.T)) (verdict string, stuck []stacks.Goroutine) {
	bubble := 0
	defer func() {
		p := recover()
		if p == nil {
			return
		}
		if verdict = diagnose(p); verdict == "" {
			panic(p)
		}
		stuck = slices.DeleteFunc(stacks.Parse(stacks.All()), func(g stacks.Goroutine) bool { return g.Bubble != bubble })
	}()
	synctest.Test(t, func(t *testing.T) {
		bubble = ownBubble()
		f(t)
	})
	return "", nil
}

// diagnose names what synctest.Test panicked about, or returns "" if that is neither
// a leak nor a deadlock. The runtime's type is not exported: its texts, in
// runtime/synctest.go of Go 1.26, are all there is to go by.
func diagnose(p any) string {
	err, ok := p.(error)
	switch {
	case !ok:
		return ""
	case strings.HasPrefix(err.Error(), "deadlock: main bubble goroutine has exited"):
		return "leak: goroutines still blocked when the test was over"
	case strings.HasPrefix(err.Error(), "deadlock: all goroutines in bubble are blocked"):
		return "deadlock: every goroutine waits"
	}
	return ""
}

// ownBubble returns the number of the bubble that the caller runs in.
func ownBubble() int {
	buf := make([]byte, 4<<10)
	own := stacks.Parse(string(buf[:runtime.Stack(buf, false)]))
	if len(own) == 0 {
		return 0
	}
	return own[0].Bubble
}
