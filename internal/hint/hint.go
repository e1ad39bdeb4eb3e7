// Package hint answers: when something goes wrong, what can the reader do about it?
//
// An error says what happened and why. A hint, carried beside it, names the way
// out: the nearest known name, the allowed range, the flag to add. Only main
// prints either of them; everything below returns errors.
package hint

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

type hinted struct {
	error
	hint string
}

func (h *hinted) Unwrap() error { return h.error }

// With attaches a hint to err. The text of err does not change. A nil err stays nil,
// and an empty hint is not attached: it would hide one below.
func With(err error, format string, args ...any) error {
	text := fmt.Sprintf(format, args...)
	if err == nil || text == "" {
		return err
	}
	return &hinted{err, text}
}

// Of returns the outermost hint that err carries, or "" if it carries none.
func Of(err error) string {
	var h *hinted
	if errors.As(err, &h) {
		return h.hint
	}
	return ""
}

// Nearest returns the candidates that name was probably meant to be, best first and at most
// three, none much further than the best: those that are few edits away, then those that
// contain name or are contained in it. It returns nil when nothing is close. Case does not
// count. Where candidates are paths, name may be meant for the last element: "runnxt" is close
// to "scheduler/runnext".
func Nearest(name string, candidates []string) []string {
	type scored struct {
		name string
		cost int
	}
	var near []scored
	for _, c := range candidates {
		if cost, ok := cost(strings.ToLower(name), strings.ToLower(c)); ok {
			near = append(near, scored{c, cost})
		}
	}
	slices.SortStableFunc(near, func(a, b scored) int { return a.cost - b.cost })
	var names []string
	for _, s := range near[:min(3, len(near))] {
		if s.cost <= near[0].cost+1 { // one that is much closer makes the others noise
			names = append(names, s.name)
		}
	}
	return names
}

// cost rates how far name is from candidate, and reports false if that is too far.
func cost(name, candidate string) (int, bool) {
	last := candidate[strings.LastIndexByte(candidate, '/')+1:]
	edits := min(distance(name, candidate), distance(name, last))
	few := max(2, len(name)/3)
	short := min(len(name), len(candidate))
	switch {
	case edits <= few && edits <= len(name)/2: // any two letters are two edits apart
		return edits, true
	case short >= 3 && (strings.Contains(candidate, name) || strings.Contains(name, candidate)):
		return few + 1, true // after the true misspellings
	}
	return 0, false
}

// Meant renders Nearest as the end of a hint: "did you mean a or b?", or
// fallback when nothing is close.
func Meant(name string, candidates []string, fallback string) string {
	near := Nearest(name, candidates)
	if len(near) == 0 {
		return fallback
	}
	return "did you mean " + strings.Join(near, " or ") + "?"
}

// distance is the number of single-byte insertions, deletions, substitutions and
// swaps of neighbours that turn a into b (optimal string alignment).
func distance(a, b string) int {
	rows := [3][]int{make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		row, prev, prev2 := rows[i%3], rows[(i+2)%3], rows[(i+1)%3]
		row[0] = i
		for j := 1; j <= len(b); j++ {
			substitute := prev[j-1]
			if a[i-1] != b[j-1] {
				substitute++
			}
			row[j] = min(prev[j]+1, row[j-1]+1, substitute)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], prev2[j-2]+1)
			}
		}
	}
	return rows[len(a)%3][len(b)]
}
