package book

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/internal/excerpt"
)

// long declares f, in so many lines, with a comment of so many above it.
func long(comment, lines int) string {
	var b strings.Builder
	for range comment {
		b.WriteString("// f counts.\n")
	}
	b.WriteString("func f() {\n")
	for i := range lines - comment - 2 {
		fmt.Fprintf(&b, "\tprintln(%d)\n", i)
	}
	return b.String() + "}"
}

func TestFold(t *testing.T) {
	const runtime = "go1.26.8"
	for name, test := range map[string]struct {
		version, text string
		head          int // lines before the fold; 0 if there must be none
	}{
		"a short quote":                       {runtime, long(2, 28), 0},
		"a longer one":                        {runtime, long(2, 29), 12},
		"a very long one":                     {runtime, long(2, 400), 12},
		"a long comment stays whole":          {runtime, long(20, 100), 24},
		"a comment that leaves little":        {runtime, long(20, 35), 0},
		"a comment that leaves enough":        {runtime, long(20, 36), 24},
		"code of the lab":                     {"", long(2, 60), 0},
		"much code of the lab":                {"", long(2, 61), 12},
		"parameters in lines of their own":    {runtime, strings.Replace(long(0, 50), "f() {", "f("+strings.Repeat("\n\tint,", 20)+"\n) { // {", 1), 25},
		"a blank line at the cut":             {runtime, strings.Replace(long(2, 60), "\tprintln(8)", "", 1), 11},
		"a declaration without a body at all": {runtime, "var f = 1" + strings.Repeat(" +\n1", 40), 12},
	} {
		t.Run(name, func(t *testing.T) {
			e := excerpt.Excerpt{Text: test.text, Line: 7, GoVersion: test.version}
			all := codeLines(e)
			head, rest := fold(e, all)
			require.Equal(t, all, append(append([]codeLine{}, head...), rest...), "nothing is lost, doubled or moved")
			if test.head == 0 {
				require.Empty(t, rest)
				return
			}
			require.Len(t, head, test.head)
		})
	}
}

// The page says how much there is, and folds nothing that a script would have to open.
func TestFoldedFigure(t *testing.T) {
	page := func(lines int) string {
		p, err := setPage("demo/here", fstest.MapFS{
			pageName: &fstest.MapFile{Data: []byte("# T\n\n[Counting](f.go#f)\n")},
			"f.go":   &fstest.MapFile{Data: []byte("package f\n\n" + long(1, lines) + "\n")},
		}, resolveDemo)
		require.NoError(t, err)
		return string(p.story)
	}
	require.NotContains(t, page(longOwn), "<details>")

	before, within, found := strings.Cut(page(97), "<details><summary><span>Show all 97 lines of <code>f</code></span></summary>")
	require.True(t, found)
	require.Contains(t, before, `<span class="line" data-n="14">`)
	require.NotContains(t, before, `<span class="line" data-n="15">`)
	within, after, found := strings.Cut(within, "</details>")
	require.True(t, found)
	require.Contains(t, within, `<span class="line" data-n="15">`)
	require.Contains(t, within, `<span class="line" data-n="99">`)
	require.Contains(t, after, "f.go, lines 3–99", "the caption is not folded away")
}
