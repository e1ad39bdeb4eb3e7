package labs

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestHintsComeOneByOne(t *testing.T) {
	w := module(t)
	term, out := terminal()
	hint := func(c Hint) string {
		t.Helper()
		out.Reset()
		require.NoError(t, c.Run(t.Context(), term))
		return out.String()
	}
	require.NoError(t, Start{Name: "firsterr"}.Run(t.Context(), term))
	require.Equal(t, "firsterr: no hints so far: gopark lab hint firsterr\n", hint(Hint{Again: true}))

	one := hint(Hint{})
	require.Regexp(t, `^Hint 1: what to build it from\n`, one)
	require.Contains(t, one, "(2 more: gopark lab hint firsterr)")
	require.NotContains(t, one, "Hint 2")
	require.Regexp(t, `^Hint 2: `, hint(Hint{Name: "firsterr"}))
	require.Regexp(t, `(?s)^Hint 1: .*\nHint 2: .*1 more`, hint(Hint{Again: true}))
	last := hint(Hint{})
	require.Regexp(t, `(?s)^Hint 3: .*last one\)\n$`, last)
	require.Equal(t, last, hint(Hint{}))
	require.Contains(t, hint(Hint{JSON: true}), `"level": 3,`+"\n  \"levels\": 3,\n  \"text\": \"### Hint 3")

	past, err := w.history()
	require.NoError(t, err)
	var levels []int
	for _, e := range past {
		levels = append(levels, e.Hint)
	}
	require.Equal(t, []int{1, 2, 3}, levels, "what is shown again is not taken again")
}

func TestPageTakenApart(t *testing.T) {
	p := parsePage("# Title\n\nStory.\n\n## Task\n\nDo.\n\n## Hints\n\n### Hint 1: a\n\nA.\n\n### Hint 2: b\n\nB.\n\n## Why\n\nBecause.\n")
	require.Equal(t, "Title", p.Title)
	require.Equal(t, "# Title\n\nStory.\n\n## Task\n\nDo.\n", p.Given)
	require.Equal(t, []string{"### Hint 1: a\n\nA.", "### Hint 2: b\n\nB."}, p.Hints)
	require.Equal(t, "## Why\n\nBecause.\n", p.Why)

	p = parsePage("# Title\n\nNo more.\n")
	require.Equal(t, Page{Title: "Title", Task: "# Title\n\nNo more.\n", Given: "# Title\n\nNo more.\n"}, p)
}

func TestEveryLabHasThreeHints(t *testing.T) {
	for _, l := range All {
		require.Len(t, l.Page().Hints, 3, l.Name)
	}
}
