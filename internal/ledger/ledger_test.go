package ledger

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/experiment/experimenttest"
)

func TestMain(m *testing.M) { experimenttest.Main(m) }

func TestClaimsCanBeRead(t *testing.T) {
	rows, err := parse(claims)
	require.NoError(t, err)
	require.Len(t, rows, 94)
	var sections strings.Builder
	for _, s := range Sections {
		sections.WriteString(s.Letter)
	}
	for _, r := range rows {
		require.NotEmpty(t, r.Text, r.ID)
		require.Contains(t, sections.String(), r.Section(), r.ID)
		require.NotNil(t, r.Experiments, "null in JSON")
	}
}

func TestParseRefuses(t *testing.T) {
	for text, want := range map[string]string{
		`{"id":"P1","text":"x","verdict":"open"} {"id":`: "read claim 2",
		`{"id":"P1","txt":"x"}`:                          "unknown field",
	} {
		_, err := parse([]byte(text))
		require.ErrorContains(t, err, want)
	}
}

// TestBothSidesMustAgree takes away, one at a time, what makes a ledger whole.
func TestBothSidesMustAgree(t *testing.T) {
	e := &experiment.Experiment{ID: "fake/one", Claims: []string{"P1"}}
	catalogue := experiment.Catalogue{{Topic: "fake", Experiments: []*experiment.Experiment{e}}}
	answered := Row{ID: "P1", Text: "x", Verdict: Holds, Because: "seen", Checked: "go1.26"}
	open := Row{ID: "P2", Text: "y", Verdict: Open}

	rows := []Row{answered, open}
	require.NoError(t, link(rows, catalogue))
	require.Equal(t, []string{"fake/one"}, rows[0].Experiments)

	for want, spoil := range map[string]func(rows []Row) []Row{
		`answers claim "P1", which does not exist`: func(rows []Row) []Row { return rows[1:] },
		"listed twice":                          func(rows []Row) []Row { return append(rows, open) },
		"P2 has verdict \"wrong\" and no exper": func(rows []Row) []Row { rows[1].Verdict = Wrong; return rows },
		"P1 is open although fake/one answers":  func(rows []Row) []Row { rows[0].Verdict = Open; return rows },
		"does not say why":                      func(rows []Row) []Row { rows[0].Because = ""; return rows },
		"or with which Go":                      func(rows []Row) []Row { rows[0].Checked = ""; return rows },
		`unknown verdict "perhaps"`:             func(rows []Row) []Row { rows[1].Verdict = "perhaps"; return rows },
	} {
		rows := spoil([]Row{answered, open})
		require.ErrorContains(t, link(rows, catalogue), want)
	}
}

func TestBecauseIsASentence(t *testing.T) {
	rows, err := parse(claims)
	require.NoError(t, err)
	for _, r := range rows {
		if r.Verdict != Open {
			require.True(t, strings.HasSuffix(r.Because, "."), "%s: a sentence ends with a full stop", r.ID)
		}
	}
}
