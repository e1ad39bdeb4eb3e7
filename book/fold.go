package book

import (
	"slices"

	"lab.example/gopark/internal/excerpt"
)

// A declaration that is longer is folded: the page shows where it begins, and the
// rest on demand. The runtime's functions are quoted for a few lines of theirs, the
// lab's own are there to be read.
const (
	longQuote = 28 // lines of the Go tree
	longOwn   = 60 // lines of this module

	foldHead = 12 // lines that stand before a fold, at least
	foldRest = 12 // lines within it, at least: a fold for fewer costs more than it saves
	foldBody = 3  // lines after the signature that stand before a fold
)

// fold cuts lines, those of e, where the page folds them. The head reaches beyond the
// comment and the signature, so that the name is never within the fold. Rest is empty
// if there is nothing to fold.
func fold(e excerpt.Excerpt, lines []codeLine) (head, rest []codeLine) {
	limit := longOwn
	if e.GoVersion != "" {
		limit = longQuote
	}
	cut := max(foldHead, signatureEnd(lines)+foldBody)
	if len(lines) <= limit || len(lines)-cut < foldRest {
		return lines, nil
	}
	for len(lines[cut-1].Tokens) == 0 {
		cut-- // a blank line goes with what follows it
	}
	return lines[:cut], lines[cut:]
}

// signatureEnd counts the lines up to the one that opens the body: the first that ends
// with a brace. Without one, it is 0.
func signatureEnd(lines []codeLine) int {
	return 1 + slices.IndexFunc(lines, func(l codeLine) bool {
		for _, t := range slices.Backward(l.Tokens) {
			if t.Kind != excerpt.Space && t.Kind != excerpt.Comment {
				return t.Text == "{"
			}
		}
		return false
	})
}
