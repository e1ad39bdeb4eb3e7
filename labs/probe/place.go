package probe

import (
	"fmt"
	"path/filepath"
	"runtime"

	"lab.example/gopark/internal/stacks"
)

// answerFile is the file of a lab that the learner writes.
const answerFile = "answer.go"

// line returns the line of answer.go that the caller's stack is in, the innermost; or 0.
// What is called by a goroutine of the answer is on the answer's stack, also if it is
// the judge's own.
func line() int64 {
	var pcs [64]uintptr
	frames := runtime.CallersFrames(pcs[:runtime.Callers(2, pcs[:])])
	for {
		f, more := frames.Next()
		if filepath.Base(f.File) == answerFile {
			return int64(f.Line)
		}
		if !more {
			return 0
		}
	}
}

// inLine returns a line of answer.go as the end of a message: " (answer.go:23)", or "".
func inLine(line int64) string {
	if line == 0 {
		return ""
	}
	return fmt.Sprintf(" (%s:%d)", answerFile, line)
}

// toAnswer cuts off what the goroutines do in given code that the answer called or
// started, so that their place is in the answer: that is the file that can be changed.
func toAnswer(all []stacks.Goroutine, folder string) []stacks.Goroutine {
	in := func(f stacks.Frame) bool { return f.File == filepath.Join(folder, answerFile) }
	for i, g := range all {
		for inner, f := range g.Frames {
			if in(f) {
				all[i].Frames = g.Frames[inner:]
				break
			}
		}
		if in(g.Created) && (len(all[i].Frames) == 0 || !in(all[i].Frames[0])) {
			all[i].Frames = nil
		}
	}
	return all
}
