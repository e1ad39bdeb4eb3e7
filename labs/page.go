package labs

import "strings"

// Page is the page of a lab.
type Page struct {
	Title string // its first heading
	Task  string // everything before the explanation, title included
	Why   string // the explanation, for those who have passed; begins with its heading
}

const whyHeading = "\n## Why\n"

func parsePage(text string) Page {
	title, _, _ := strings.Cut(strings.TrimPrefix(text, "# "), "\n")
	p := Page{Title: title, Task: text}
	if i := strings.Index(text, whyHeading); i >= 0 {
		p.Task, p.Why = text[:i], text[i+1:]
	}
	return p
}
