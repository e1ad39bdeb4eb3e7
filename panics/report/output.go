package report

import (
	"regexp"
	"slices"
	"strings"

	"lab.example/gopark/internal/experiment"
)

// output is what a program has left. Its zero value is that of one that ended in silence.
type output struct {
	first     string // line of stderr
	goroutine string // what stands in brackets behind the first goroutine of the trace
	others    bool   // the trace has another goroutine, the one in which main waits
	runtime   bool   // the trace has frames that belong to the runtime
	copied    string // what the crash output got: "" for nothing, or how it compares to stderr
	said      string // on stdout
	ended     string
}

const (
	theSame = "the same"
	theRest = "all but the first line"
)

func (o output) cells() []any {
	return []any{o.first, o.goroutine, yes(o.others), yes(o.runtime), o.copied, o.said, o.ended}
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

// A goroutine's line, with the details that the level system adds or without.
var goroutine = regexp.MustCompile(`^goroutine (\d+)(?: gp=\S+ m=\S+(?: mp=\S+)?)? \[(.*)\]:$`)

// read takes the beginning of stderr, as far as the ending has kept it, and the whole
// crash output.
func read(e experiment.Ending, copied []string) output {
	out := output{said: strings.Join(e.Stdout, "; "), ended: e.String()}
	if len(e.Stderr) > 0 {
		out.first = e.Stderr[0]
	}
	lines := e.Stderr
	if len(copied) > len(lines) {
		lines = copied
	}
	for _, line := range lines {
		if m := goroutine.FindStringSubmatch(line); m != nil {
			if out.goroutine == "" {
				out.goroutine = m[2]
			}
			out.others = out.others || m[1] == "1"
		}
		out.runtime = out.runtime || strings.HasPrefix(line, "runtime.goexit(")
	}
	switch {
	case len(copied) == 0:
	case begins(copied, e.Stderr):
		out.copied = theSame
	case len(e.Stderr) > 0 && begins(copied, e.Stderr[1:]):
		out.copied = theRest
	default:
		out.copied = "other lines: " + strings.Join(copied, "; ")
	}
	return out
}

func begins(lines, with []string) bool {
	return len(lines) >= len(with) && slices.Equal(lines[:len(with)], with)
}
