package inject

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"

	"lab.example/gopark/internal/experiment"
)

const (
	shotsVariable  = "GOPARK_SIGNALS_INJECT_SHOTS"
	faultsVariable = "GOPARK_SIGNALS_INJECT_FAULTS"

	threadName    = "/target/thread:id"      // to which to shoot
	recoveredName = "/target/recovered:text" // of the last panic
)

// counting is the mark of a target that is in its loop for the nth time.
func counting(n int) string { return "counting" + strings.Repeat("-x", n) }

// underWay is a count that shows that the loop has begun.
const underWay = 1000

// target counts until it is shot, as often as it is told.
func target(_ context.Context, r *experiment.Recorder) error {
	shots, err := strconv.Atoi(os.Getenv(shotsVariable))
	if err != nil {
		return fmt.Errorf("read number of shots: %w", err)
	}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	debug.SetGCPercent(-1) // a collection would have to stop the loop
	debug.SetPanicOnFault(os.Getenv(faultsVariable) == "true")
	r.Value(threadName, threadID())
	var counts, lines []int
	var last string
	for shot := range shots {
		var counter atomic.Int64
		go func() { // on the other P
			for counter.Load() < underWay {
				runtime.Gosched()
			}
			r.Mark(counting(shot))
		}()
		text, line := count(&counter)
		counts, lines, last = append(counts, int(counter.Load())), append(lines, line), text
	}
	slices.Sort(lines)
	if shots > 1 {
		r.Value("/interrupted/at:additions", counts)
		r.Value("/interrupted/lines:lines", slices.Compact(lines))
	}
	r.Value(recoveredName, last)
	return nil
}

// count adds one until it is interrupted. It returns what it recovered, and the line in
// which it was.
func count(n *atomic.Int64) (text string, line int) {
	defer func() {
		text, line = describe(recover()), lineOf("inject.count")
	}()
	for {
		n.Add(1)
		n.Add(1)
		n.Add(1)
		n.Add(1)
	}
}

// describe returns the text of what was recovered, and of the address if it has one.
func describe(p any) string {
	text := fmt.Sprint(p)
	if fault, ok := p.(interface{ Addr() uintptr }); ok {
		text += fmt.Sprintf(", at %#x", fault.Addr())
	}
	return text
}

// lineOf returns the line in which the function of this name, which has panicked, was.
func lineOf(function string) int {
	pcs := make([]uintptr, 64)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(1, pcs)])
	for {
		frame, more := frames.Next()
		if strings.HasSuffix(frame.Function, function) {
			return frame.Line
		}
		if !more {
			return 0
		}
	}
}
