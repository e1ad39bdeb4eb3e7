package jvm

import (
	"reflect"
	"slices"
)

// Comparison is a case as it was recorded, as it is here, and as the library has it.
type Comparison struct {
	Case     string   `json:"case"`
	Claim    string   `json:"claim"`
	Recorded Fields   `json:"recorded"`
	Here     Fields   `json:"here"`    // what this JVM has shown; null if it could not play the case
	Library  Fields   `json:"library"` // null if the case has no counterpart
	Differs  []string `json:"differs"` // the fields in which this JVM is not as recorded

	// LibraryDiffers are the fields in which the library is not as recorded, and nobody has said
	// why. Because has the reasons for all others: by the name of the field, or "" for the case.
	LibraryDiffers []string          `json:"library_differs"`
	Because        map[string]string `json:"because"`
}

// compare puts the three beside each other. A field that the record does not have does not count.
func compare(recorded, here Row, lib Library) Comparison {
	c := Comparison{
		Case: recorded.Case, Claim: recorded.Claim,
		Recorded: recorded.Observed, Here: here.Observed, Library: lib.Observed,
		Differs: []string{}, LibraryDiffers: []string{}, Because: map[string]string{},
	}
	if lib.Excluded != "" {
		c.Because[""] = lib.Excluded
	}
	for _, field := range recorded.Observed {
		if value, ok := here.Observed.Get(field.Name); !ok || !agrees(field, value) {
			c.Differs = append(c.Differs, field.Name)
		}
		if lib.Excluded != "" {
			continue
		}
		value, ok := lib.Observed.Get(field.Name)
		switch why := lib.Differs[field.Name]; {
		case ok && agrees(field, value):
		case why != "":
			c.Because[field.Name] = why
		default:
			c.LibraryDiffers = append(c.LibraryDiffers, field.Name)
		}
	}
	return c
}

// agrees reports whether a value is what was recorded. Where the record has several values, some
// of them will do.
func agrees(recorded Field, value any) bool {
	allowed, ok := alternatives(recorded.Name, recorded.Value)
	if !ok {
		return reflect.DeepEqual(recorded.Value, value)
	}
	seen, ok := alternatives(recorded.Name, value)
	if !ok {
		seen = []any{value}
	}
	return len(seen) > 0 && !slices.ContainsFunc(seen, func(v any) bool {
		return !slices.ContainsFunc(allowed, func(a any) bool { return reflect.DeepEqual(a, v) })
	})
}

// alternatives returns the values of a field that has more than one.
func alternatives(name string, value any) ([]any, bool) {
	if m, ok := value.(map[string]any); ok {
		value = m["any_of"]
	} else if name != "outcomes_seen" {
		return nil, false
	}
	all, ok := value.([]any)
	return all, ok
}

// tally counts, over all comparisons, what agrees.
type tally struct {
	cases, here, library, excluded int
}

func count(all []Comparison) (n tally) {
	n.cases = len(all)
	for _, c := range all {
		if len(c.Differs) == 0 {
			n.here++
		}
		switch {
		case c.Because[""] != "":
			n.excluded++
		case len(c.LibraryDiffers) == 0:
			n.library++
		}
	}
	return n
}

// whole reports whether nothing differs that should not.
func (n tally) whole() bool { return n.here == n.cases && n.library+n.excluded == n.cases }
