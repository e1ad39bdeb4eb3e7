package jvm

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"lab.example/gopark/internal/child"
)

func TestMain(m *testing.M) {
	child.Main(func(child.Job) int { return 0 })
	goleak.VerifyTestMain(m)
}

// TestRecords holds that the two records are the whole table: no case twice, none left out.
func TestRecords(t *testing.T) {
	if *record {
		writeSecond(t)
	}
	rows, err := Recorded()
	require.NoError(t, err)
	names := make(map[string]bool)
	numbered := make(map[string]bool)
	for _, r := range rows {
		require.False(t, names[r.Case], r.Case)
		names[r.Case] = true
		number, _, _ := strings.Cut(r.Case, "_")
		require.False(t, numbered[number], r.Case)
		numbered[number] = !strings.HasPrefix(r.Case, "law:")
		require.NotEmpty(t, r.Claim, r.Case)
		require.NotEmpty(t, r.Observed, r.Case)
		require.GreaterOrEqual(t, r.Runs, 12, r.Case)
		require.Equal(t, r.Deterministic, alike(r), r.Case)
	}
	for family, cases := range map[string]int{"A": 19, "B": 44, "C": 20, "D": 27, "E": 11, "F": 12} {
		for i := 1; i <= cases; i++ {
			require.True(t, numbered[fmt.Sprintf("%s%02d", family, i)], "%s%02d", family, i)
		}
	}
}

// alike reports whether a row says that all runs have shown the same.
func alike(r Row) bool {
	return !slices.ContainsFunc(r.Observed, func(f Field) bool {
		values, several := alternatives(f.Name, f.Value)
		return several && len(values) > 1
	})
}

// TestProgram holds that the program has the cases of the records, with the same claims and
// fields, and no others.
func TestProgram(t *testing.T) {
	claims := make(map[string]string)
	for _, c := range regexp.MustCompile(`row\("([^"]+)",\s*"([^"]+)",`).FindAllStringSubmatch(string(program), -1) {
		require.NotContains(t, claims, c[1])
		claims[c[1]] = c[2]
	}
	rows, err := Recorded()
	require.NoError(t, err)
	for _, r := range rows {
		require.Equal(t, r.Claim, claims[r.Case], r.Case)
		delete(claims, r.Case)
	}
	require.Empty(t, claims, "no record has these")
}

// TestLibrary holds that what the library shows is complete.
func TestLibrary(t *testing.T) {
	rows, err := Recorded()
	require.NoError(t, err)
	lib, err := library()
	require.NoError(t, err)
	require.Len(t, lib, len(rows), "go test ./ctxdemo/interrupt -run TestGolden -update")
	for _, r := range rows {
		require.Contains(t, lib, r.Case)
		require.Empty(t, compare(r, r, lib[r.Case]).LibraryDiffers, r.Case)
	}
}

func TestFields(t *testing.T) {
	const text = `{"z":true,"a":["x",1],"m":null}`
	var f Fields
	require.NoError(t, json.Unmarshal([]byte(text), &f))
	require.Equal(t, Fields{{"z", true}, {"a", []any{"x", 1.0}}, {"m", nil}}, f)
	again, err := json.Marshal(f)
	require.NoError(t, err)
	require.Equal(t, text, string(again))
	value, ok := f.Get("a")
	require.True(t, ok)
	require.Equal(t, []any{"x", 1.0}, value)
	_, ok = f.Get("b")
	require.False(t, ok)
	require.Error(t, json.Unmarshal([]byte(`[1]`), &f))
}

func TestCompare(t *testing.T) {
	recorded := Row{Case: "X", Observed: Fields{
		{"flag_after", true},
		{"outcomes_seen", []any{"a", "b"}},
		{"rounds", map[string]any{"any_of": []any{1.0, 2.0}}},
	}}
	for name, test := range map[string]struct {
		here    Fields
		differs []string
	}{
		"same":            {recorded.Observed, []string{}},
		"some outcomes":   {Fields{{"flag_after", true}, {"outcomes_seen", []any{"b"}}, {"rounds", 2.0}}, []string{}},
		"more fields":     {append(slices.Clone(recorded.Observed), Field{"more", 1.0}), []string{}},
		"another flag":    {Fields{{"flag_after", false}, {"outcomes_seen", []any{"b"}}, {"rounds", 2.0}}, []string{"flag_after"}},
		"another outcome": {Fields{{"flag_after", true}, {"outcomes_seen", []any{"b", "c"}}, {"rounds", 3.0}}, []string{"outcomes_seen", "rounds"}},
		"no outcome":      {Fields{{"flag_after", true}, {"outcomes_seen", []any{}}, {"rounds", 1.0}}, []string{"outcomes_seen"}},
		"not played":      {nil, []string{"flag_after", "outcomes_seen", "rounds"}},
	} {
		t.Run(name, func(t *testing.T) {
			c := compare(recorded, Row{Observed: test.here}, Library{Observed: test.here})
			require.Equal(t, test.differs, c.Differs)
			require.Equal(t, test.differs, c.LibraryDiffers)
			require.Equal(t, len(test.differs) == 0, count([]Comparison{c}).whole())
		})
	}

	c := compare(recorded, recorded, Library{Excluded: "no"})
	require.Equal(t, map[string]string{"": "no"}, c.Because)
	require.Equal(t, tally{cases: 1, here: 1, excluded: 1}, count([]Comparison{c}))
	require.True(t, count([]Comparison{c}).whole())

	c = compare(recorded, recorded, Library{
		Observed: Fields{{"flag_after", false}, {"outcomes_seen", []any{"a"}}},
		Differs:  map[string]string{"flag_after": "on purpose", "rounds": "not there", "outcomes_seen": "no difference"},
	})
	require.Empty(t, c.LibraryDiffers)
	require.Equal(t, map[string]string{"flag_after": "on purpose", "rounds": "not there"}, c.Because)
}
