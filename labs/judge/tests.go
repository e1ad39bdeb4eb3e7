package judge

import (
	"regexp"
	"strings"
)

// tests is what a test binary, run with -test.failfast, said about its tests.
type tests struct {
	last    string // the test that began last
	running int    // have begun and not ended
	failed  bool   // one of them has
	message string // the first of the test that failed, or of its subtests
	place   string // where the judge wrote it
	teller  string // the test that it is about
	end     string // the last line: "PASS"
}

var (
	eventForm   = regexp.MustCompile(`^(?:=== (RUN) +(\S+)|.*--- (PASS|FAIL|SKIP): (\S+) \()`)
	messageForm = regexp.MustCompile(`^ {4,}([\w.]+\.go:\d+): (.*)$`)
)

// readTests reads the standard output of a test binary, in which a test's messages
// stand between the lines that say that it runs and that it has failed.
func readTests(stdout string) tests {
	var t tests
	for line := range strings.Lines(stdout) {
		line = strings.TrimRight(line, "\n")
		if strings.TrimSpace(line) != "" {
			t.end = line
		}
		if m := messageForm.FindStringSubmatch(line); m != nil && t.message == "" {
			t.place, t.message, t.teller = m[1], m[2], t.last
		}
		m := eventForm.FindStringSubmatch(line)
		switch {
		case m == nil:
		case m[1] == "RUN":
			t.last = m[2]
			t.running++
		default:
			t.running--
			t.failed = t.failed || m[3] == "FAIL"
		}
	}
	return t
}

// complete reports whether the tests came to a good end: an answer that ends the
// process by itself does not get there.
func (t tests) complete() bool {
	return t.last != "" && t.running == 0 && strings.HasSuffix(t.end, "PASS")
}

// finding returns the verdict of the first message. It names its verdict, or is an
// assertion.
func (t tests) finding() Finding {
	f := Finding{Verdict: Assert, Message: t.message, Place: t.place, Test: t.teller}
	if name, rest, ok := strings.Cut(t.message, ": "); ok && rejects(Verdict(name)) {
		f.Verdict, f.Message = Verdict(name), rest
	}
	if m := inAnswerForm.FindStringSubmatch(f.Message); m != nil {
		f.Place = m[1]
	}
	return f
}
