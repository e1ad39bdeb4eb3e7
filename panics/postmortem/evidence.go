package postmortem

import (
	"fmt"
	"path/filepath"
	"regexp"
	"strings"

	"lab.example/gopark/internal/stacks"
)

// evidence is a Death, read.
type evidence struct {
	Death
	panicked string             // the line of the runtime, "panic: ...", of the first panic
	values   int                // how many panics that goroutine had on its stack
	fatal    string             // "fatal error: ..."
	caught   string             // "SIGQUIT: quit", with which the runtime reports a signal
	address  string             // of the access that was a fault: "0x0"
	last     string             // the last line that is not empty
	dump     []stacks.Goroutine // those that were printed, first the one that ended it
}

var (
	caughtForm = regexp.MustCompile(`^SIG[A-Z0-9]+: `)
	faultForm  = regexp.MustCompile(`^\[signal SIG(?:SEGV|BUS): .* addr=(0x[0-9a-f]+)`)
)

func examine(d Death) evidence {
	e := evidence{Death: d, dump: stacks.Parse(d.Stderr)}
	for line := range strings.Lines(d.Stderr) {
		line = strings.TrimRight(line, "\r\n")
		if line != "" {
			e.last = line
		}
		switch {
		case strings.HasPrefix(line, "panic: "):
			e.panicked, e.values = line, 1
		case strings.HasPrefix(line, "\tpanic: ") && e.values > 0:
			e.values++
		case strings.HasPrefix(line, "fatal error: "):
			e.fatal = line
		case caughtForm.MatchString(line):
			e.caught = line
		}
		if m := faultForm.FindStringSubmatch(line); m != nil {
			e.address = m[1]
		}
	}
	return e
}

// reported reports whether the runtime has said why it ends the process.
func (e evidence) reported() bool { return e.panicked+e.fatal+e.caught != "" }

// ended reports whether the process exited with that status, by itself.
func (e evidence) ended(status int) bool { return e.Signal == "" && e.Status == status }

// culprit returns the goroutine that it was, or the zero one.
func (e evidence) culprit() (g stacks.Goroutine) {
	if len(e.dump) > 0 {
		return e.dump[0]
	}
	return g
}

// where names the innermost place of the program itself in that goroutine.
func (e evidence) where() string {
	if f, ok := e.culprit().Own(); ok {
		return fmt.Sprintf("%s:%d, %s", filepath.Base(f.File), f.Line, f.Func)
	}
	return ""
}

// whose names that goroutine, and who has started it.
func (e evidence) whose() string {
	switch g := e.culprit(); {
	case g.ID == 0:
		return "a goroutine"
	case g.ID == 1:
		return "the main goroutine"
	case g.Created.Func != "":
		return fmt.Sprintf("goroutine %d, which was started at %s:%d", g.ID, filepath.Base(g.Created.File), g.Created.Line)
	default:
		return fmt.Sprintf("goroutine %d", g.ID)
	}
}

// waits says what the goroutines of the dump were doing.
func (e evidence) waits() string { return stacks.Waits(e.dump) }
