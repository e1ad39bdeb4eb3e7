package book

import (
	"html/template"
	"regexp"
	"strings"
)

// inline sets a line of text in which code stands in backquotes, as in questions,
// predictions and claims. Everything else in it is plain text.
func inline(text string) template.HTML {
	var b strings.Builder
	for text != "" {
		before, rest, opened := strings.Cut(text, "`")
		code, after, closed := strings.Cut(rest, "`")
		if !opened || !closed {
			break
		}
		b.WriteString(plainly(before))
		b.WriteString("<code>" + template.HTMLEscapeString(code) + "</code>")
		text = after
	}
	return template.HTML(b.String() + plainly(text))
}

var apostrophe = regexp.MustCompile(`(\pL)'(\pL)`)

// plainly sets text without code: escaped, with the apostrophes that a printer uses.
func plainly(text string) string {
	return template.HTMLEscapeString(apostrophe.ReplaceAllString(text, "$1’$2"))
}

// question returns the sentence of text that asks, and premise what stands before
// it: "One P." and "Which runs first?".
func question(text string) string {
	return strings.TrimSpace(text[len(premise(text)):])
}

func premise(text string) string {
	end := -1
	for _, mark := range []string{". ", "! ", "? "} {
		end = max(end, strings.LastIndex(text, mark))
	}
	return text[:end+1]
}
