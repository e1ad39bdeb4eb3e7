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
	ended   map[string]bool
}

var (
	eventForm   = regexp.MustCompile(`^(?:=== (RUN) +(\S+)|.*--- (PASS|FAIL|SKIP): (\S+) \()`)
	messageForm = regexp.MustCompile(`^ {4,}([\w.]+\.go:\d+): (.*)$`)
)

// readTests reads the standard output of a test binary, in which a test's messages
// stand between the lines that say that it runs and that it has failed.
func readTests(stdout string) tests {
	t := tests{ended: make(map[string]bool)}
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
			t.ended[m[4]] = true
			t.failed = t.failed || m[3] == "FAIL"
		}
	}
	return t
}

// complete reports whether the tests, wanted among them, came to a good end: an answer
// that ends the process by itself does not get there.
func (t tests) complete(wanted []string) bool {
	for _, name := range wanted {
		if !t.ended[name] {
			return false
		}
	}
	return t.last != "" && t.running == 0 && strings.HasSuffix(t.end, "PASS")
}

// raceMessage is what testing says of a test with a race, whose report is elsewhere.
const raceMessage = "race detected during execution of test"

// finding returns the verdict of the first message. It names its verdict, or is an
// assertion.
func (t tests) finding() Finding {
	f := Finding{Verdict: Assert, Message: t.message, Place: t.place, Test: t.teller}
	if name, rest, ok := strings.Cut(t.message, ": "); ok && rejects(Verdict(name)) {
		f.Verdict, f.Message = Verdict(name), rest
	}
	if strings.HasPrefix(f.Place, receiptFile+":") || strings.HasPrefix(f.Place, outerFile+":") {
		f.Place, f.Test = "", ""
	}
	if f.Message == raceMessage {
		return Finding{Verdict: Race, Message: "two goroutines use the same memory, and nothing orders them", Test: f.Test}
	}
	if m := inAnswerForm.FindStringSubmatch(f.Message); m != nil {
		f.Place = m[1]
	}
	return f
}
