package labs

import "strings"

// Page is the page of a lab.
type Page struct {
	Title string   // its first heading
	Task  string   // everything before the explanation, title and hints included
	Given string   // Task without the hints: what the learner gets
	Hints []string // from the vaguest to the plainest, each with its heading
	Why   string   // the explanation, for those who have passed; begins with its heading
}

const (
	whyHeading   = "\n## Why\n"
	hintsHeading = "\n## Hints\n"
	hintHeading  = "\n### Hint "
)

func parsePage(text string) Page {
	title, _, _ := strings.Cut(strings.TrimPrefix(text, "# "), "\n")
	p := Page{Title: title, Task: text}
	if i := strings.Index(text, whyHeading); i >= 0 {
		p.Task, p.Why = text[:i], text[i+1:]
	}
	p.Given = p.Task
	if given, hints, ok := strings.Cut(p.Task, hintsHeading); ok {
		p.Given = given
		for hint := range strings.SplitSeq("\n"+hints, hintHeading) {
			if hint = strings.TrimSpace(hint); hint != "" {
				p.Hints = append(p.Hints, strings.TrimPrefix(hintHeading, "\n")+hint)
			}
		}
	}
	return p
}
