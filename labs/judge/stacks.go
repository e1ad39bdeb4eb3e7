package judge

import (
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"lab.example/gopark/internal/stacks"
)

var (
	inAnswerForm = regexp.MustCompile(`\b(answer\.go:\d+)\b`)
	framePlace   = regexp.MustCompile(`(?m)^\s+\S.*/(answer\.go:\d+)(?: |$)`)
)

// place returns the first place in the answer on the stacks in dump, or "".
func place(dump string) string {
	if m := framePlace.FindStringSubmatch(dump); m != nil {
		return m[1]
	}
	return ""
}

// waiting says what the goroutines in dump wait for that are in the answer, as the
// end of a message: ": 1 in sync.Mutex.Lock (answer.go:8)", or "".
func waiting(dump string) string {
	var in []stacks.Goroutine
	folder := ""
	for _, g := range stacks.Parse(dump) {
		for _, f := range append(slices.Clone(g.Frames), g.Created) {
			if filepath.Base(f.File) == answerFile {
				in, folder = append(in, g), filepath.Dir(f.File)
				break
			}
		}
	}
	if len(in) == 0 {
		return ""
	}
	return ": " + stacks.Summary(in, folder)
}

var (
	raceForm   = regexp.MustCompile(`(?s)WARNING: DATA RACE\n(.*?)(?:\n==================|\z)`)
	accessForm = regexp.MustCompile(`(?i)^(?:previous )?(atomic )?(read|write) at 0x[0-9a-f]+ by .*:$`)
)

// raceReport returns the first race report in stderr, or "".
func raceReport(stderr string) string {
	m := raceForm.FindStringSubmatch(stderr)
	if m == nil {
		return ""
	}
	return m[1]
}

// readRace reads the first race report in stderr: its two accesses, each a paragraph
// with a stack.
func readRace(stderr string) (Finding, bool) {
	report := raceReport(stderr)
	if report == "" {
		return Finding{}, false
	}
	f := Finding{Verdict: Race, Place: place(report)}
	var accesses []string
	for paragraph := range strings.SplitSeq(report, "\n\n") {
		head, stack, _ := strings.Cut(paragraph, "\n")
		if a := accessForm.FindStringSubmatch(head); a != nil {
			access := strings.ToLower(a[1] + a[2])
			if p := place(stack); p != "" {
				access += " (" + p + ")"
			}
			accesses = append(accesses, access)
		}
	}
	f.Message = strings.Join(accesses, " and ") + " of the same memory by two goroutines, and nothing orders them"
	if len(accesses) == 0 {
		f.Message = "two goroutines use the same memory, and nothing orders them"
	}
	return f, true
}
