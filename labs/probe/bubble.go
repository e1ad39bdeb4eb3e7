// Package probe answers: how does the judge of a lab name the bug, and not only see it?
//
// Judges are ordinary tests, so that a learner can read them and run them with go
// test. What they print, the judge program reads: the first message of a failed test
// is the verdict on the answer. A message that begins with the name of a verdict and
// a colon ("leak: ...") has that verdict, every other one is "assert". A judge does
// not call Log: a log line could not be told from a failure.
//
// Read bubble.go (time that costs nothing, leaks and deadlocks by name), took.go (how long
// it must take), meter.go (how many at the same time), gate.go and point.go (who is where
// when: a door that the judge opens, and a seam that makes two meet), history.go with
// contradiction.go (can these results be?), noleak.go (leaks outside bubbles), predicted.go
// (has anybody thought before running?). race.go keeps the probes from hiding the races that are
// looked for; place.go finds answer.go.
package probe

import (
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"lab.example/gopark/internal/stacks"
)

// Bubble runs f in a bubble of testing/synctest: its time is virtual, so that
// durations are exact and cost nothing, and it ends when every goroutine started in
// it has ended.
//
// If the only goroutines left can never go on, synctest.Test panics and takes all
// remaining tests with it. Bubble fails t instead, and says who waits for what in
// the folder of the test that called it, and where, in answer.go if it is there at all:
//
//	leak: goroutines still blocked when the test was over: 2 in chan send (answer.go:23)
//	deadlock: every goroutine waits: 1 in sync.WaitGroup.Wait (answer.go:30)
//
// The same goes for goroutines that wait for a mutex which nobody is left to unlock: a
// bubble waits for them for ever, Bubble for a fifth of a second. Nobody outside may hold
// such a mutex.
//
// Two make Bubble hang, and the limit of the process that runs the test is for those: who
// spins, and who sleeps while another waits for a mutex, since no time passes then.
func Bubble(t *testing.T, f func(t *testing.T)) {
	t.Helper()
	verdict, stuck := inBubble(t, f)
	if verdict != "" {
		_, caller, _, _ := runtime.Caller(1)
		folder := filepath.Dir(caller)
		t.Fatalf("%s: %s", verdict, stacks.Summary(toAnswer(stuck, folder), folder))
	}
}

// pause is the real time between two looks at a bubble that does not come to its end.
const pause = 100 * time.Millisecond

// inBubble returns "" if the bubble came to its end, else what was wrong and the
// goroutines that are left in it.
func inBubble(t *testing.T, f func(t *testing.T)) (verdict string, stuck []stacks.Goroutine) {
	var bubble atomic.Int64
	var panicked any
	returned := false
	ended := make(chan struct{})
	go func() { // who waits for a mutex for ever keeps this one, too
		defer close(ended)
		defer func() { panicked = recover() }()
		synctest.Test(t, func(t *testing.T) {
			bubble.Store(int64(ownBubble()))
			f(t)
		})
		returned = true
	}()
	look := time.NewTicker(pause)
	defer look.Stop()
	for before := false; ; {
		select {
		case <-ended:
		case <-look.C:
			locked, now := lockedUp(stacks.Parse(stacks.All()), int(bubble.Load()))
			if before && now {
				return "deadlock: every goroutine waits", locked
			}
			before = now
			continue
		}
		switch {
		case returned:
			return "", nil
		case panicked == nil: // f failed or skipped
			runtime.Goexit()
		}
		if verdict = diagnose(panicked); verdict == "" {
			panic(panicked)
		}
		return verdict, slices.DeleteFunc(stacks.Parse(stacks.All()), func(g stacks.Goroutine) bool { return g.Bubble != int(bubble.Load()) })
	}
}

// lockedUp returns the goroutines of the bubble if one of them waits for a mutex and none
// can go on. It is given all goroutines, the caller first.
func lockedUp(all []stacks.Goroutine, bubble int) (in []stacks.Goroutine, locked bool) {
	for _, g := range all[1:] {
		switch {
		case g.Bubble != bubble && g.Bubble != 0:
		case canRun(g.Wait): // also outside; see alone
			return nil, false
		case g.Bubble == 0, g.Wait == "synctest.Run": // the latter is the bubble's own
		case g.Wait == "sleep", g.Wait == "syscall", g.Wait == "IO wait":
			return nil, false
		default:
			in = append(in, g)
			locked = locked || strings.HasPrefix(g.Wait, "sync.Mutex.") || strings.HasPrefix(g.Wait, "sync.RWMutex.")
		}
	}
	return in, locked
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
