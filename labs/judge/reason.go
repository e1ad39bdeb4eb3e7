package judge

import (
	"errors"
	"fmt"
	"strings"
)

// Reason is what a known-wrong answer must be rejected for. It stands in the last
// line of its file:
//
//	// verdict: leak: goroutines still blocked
type Reason struct {
	Verdict Verdict
	Words   string // a part of the message
}

// ParseReason reads the reason in the last line of a known-wrong answer. It must name
// a verdict that rejects, and some words.
func ParseReason(source []byte) (Reason, error) {
	text := strings.TrimSpace(string(source))
	last := text[strings.LastIndexByte(text, '\n')+1:]
	stated, ok := strings.CutPrefix(last, "// verdict: ")
	if !ok {
		return Reason{}, errors.New("the last line states no reason: want // verdict: NAME: words of the message")
	}
	verdict, words, _ := strings.Cut(stated, ":")
	r := Reason{Verdict(verdict), strings.TrimSpace(words)}
	switch {
	case !rejects(r.Verdict):
		return Reason{}, fmt.Errorf("%q is not a verdict that rejects an answer", verdict)
	case r.Words == "":
		return Reason{}, fmt.Errorf("verdict %s is stated without words of its message", verdict)
	}
	return r, nil
}

// Met returns nil if f rejects an answer for this reason, and else says what is
// different. Assert and Flaky meet each other: how often an assertion fails is no other
// bug.
func (r Reason) Met(f Finding) error {
	switch {
	case f.Verdict.often() != r.Verdict.often():
		return fmt.Errorf("verdict is %q, want %q (%s)", f.Verdict, r.Verdict, f.Message)
	case !strings.Contains(f.Message, r.Words):
		return fmt.Errorf("message of the verdict %s is %q, want one with %q", f.Verdict, f.Message, r.Words)
	}
	return nil
}

// often is what a verdict would be if the bug showed every time.
func (v Verdict) often() Verdict {
	if v == Flaky {
		return Assert
	}
	return v
}
