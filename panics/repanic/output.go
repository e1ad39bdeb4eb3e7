package repanic

import (
	"regexp"
	"slices"
	"strings"
)

// output is what a program that panicked has printed to stderr.
type output struct {
	printed string // what stands before the trace, in one line, addresses masked
	origin  bool   // the trace has a line of a function whose name begins with origin
}

var (
	address = regexp.MustCompile(`0x[0-9a-f]+`)
	details = regexp.MustCompile(` code=0x[0-9a-f]+ addr=0x[0-9a-f]+ pc=0x[0-9a-f]+`) // of a signal
)

// read takes the lines apart: what stands before the first empty one, and the trace.
func read(stderr []string) output {
	end := slices.Index(stderr, "")
	if end < 0 {
		end = len(stderr)
	}
	printed := details.ReplaceAllLiteralString(joined(stderr[:end]), "")
	return output{
		printed: address.ReplaceAllLiteralString(printed, "0xADDRESS"),
		origin: slices.ContainsFunc(stderr[end:], func(line string) bool {
			return strings.Contains(line, "repanic.origin")
		}),
	}
}

// joined puts lines into one cell. What begins with a tab is shown to do so.
func joined(lines []string) string {
	return strings.ReplaceAll(strings.Join(lines, " ⏎ "), "\t", "→")
}
