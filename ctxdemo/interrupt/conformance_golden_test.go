package interrupt

import (
	"bytes"
	"encoding/json"
	flags "flag" // flag is a type here
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// What this library does, for those who do not run its tests: gopark jvm shows it beside what
// the reader's own JVM does. testdata/go.jsonl has a line for each case of Java's two records:
// testdata/java.jsonl, and the one that ../jvm has made of the rest. TestGolden holds it up to
// date; -update writes it.

var update = flags.Bool("update", false, "write testdata/go.jsonl")

const (
	goldenFile   = "testdata/go.jsonl"
	moreRecorded = "../jvm/testdata/more.jsonl"
)

// otherwise are the fields of the second record in which the library differs on purpose, with the
// reason. What has no counterpart at all is in excluded.
var otherwise = map[string]string{
	"law:barrier_late/late_party":     "Java throws a TimeoutException. Here false is returned, as by every wait that has a limit.",
	"E10_get_timeout_leaves_task/get": "Java throws a TimeoutException. Here false is returned, as by every wait that has a limit.",
}

// golden is a line of testdata/go.jsonl.
type golden struct {
	Case     string            `json:"case"`
	Observed observed          `json:"observed,omitempty"` // the fields of the record
	Excluded string            `json:"excluded,omitempty"` // why there is nothing observed
	Differs  map[string]string `json:"differs,omitempty"`  // why a field is not that of the record, or not there
}

func TestGolden(t *testing.T) {
	var text bytes.Buffer
	lines := json.NewEncoder(&text)
	lines.SetEscapeHTML(false)
	all := translations()
	for _, r := range slices.Concat(rows(t, "testdata/java.jsonl"), rows(t, moreRecorded)) {
		t.Run(r.Case, func(t *testing.T) {
			g := goldenOf(t, translated(all, r.Case), r)
			require.NoError(t, lines.Encode(g))
			maps.DeleteFunc(r.Observed, func(field string, _ any) bool { return g.Differs[field] != "" })
			if g.Excluded == "" && len(r.Observed) > 0 {
				require.NoError(t, compare(r, g.Observed))
			}
		})
	}
	if *update {
		require.NoError(t, os.WriteFile(goldenFile, text.Bytes(), 0o644))
	}
	have, err := os.ReadFile(goldenFile)
	require.NoError(t, err)
	require.Equal(t, string(have), text.String(), "go test ./ctxdemo/interrupt -run TestGolden -update writes it")
}

// translated returns the translation of a recorded case, which may go by its name in the law:
// B02_sleep_pre is law:sleep_pre.
func translated(all map[string]translation, name string) translation {
	if play := all[name]; play != nil {
		return play
	}
	_, inLaw, _ := strings.Cut(name, "_")
	return all["law:"+inLaw]
}

func goldenOf(t *testing.T, play translation, r row) golden {
	g := golden{Case: r.Case, Excluded: excluded[r.Case]}
	if play == nil && g.Excluded == "" {
		g.Excluded = "Not translated."
	}
	if g.Excluded != "" {
		return g
	}
	seen := play(t)
	g.Observed, g.Differs = make(observed), make(map[string]string)
	for field := range r.Observed {
		value, shown := seen[field]
		if shown {
			g.Observed[field] = value
		}
		why := excludedFields[r.Case+"/"+field] + otherwise[r.Case+"/"+field]
		if !shown && why == "" {
			why = "The translation does not show it."
		}
		if why != "" {
			g.Differs[field] = why
		}
	}
	return g
}
