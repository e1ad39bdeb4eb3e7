package labs

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"text/tabwriter"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/internal/excerpt"
	"lab.example/gopark/labs/judge"
)

// The contract of a lab: what learners start from is rejected, the answer passes, and
// every answer that is known to be wrong is rejected for the reason that it states.
// Every reason is held against the verdict once more with one word changed, and must
// then not be met: a contract that cannot be broken would prove nothing.
func TestContract(t *testing.T) {
	for _, l := range All {
		t.Run(l.Name, func(t *testing.T) {
			start := check(t, l, "testdata/start.go")
			require.Equal(t, judge.Assert, start.Verdict, "start must compile, end and be wrong: %s", start.Message)
			answer := check(t, l, "answer.go")
			if answer.Verdict == judge.Inconclusive {
				t.Skip(answer.Message)
			}
			require.Equal(t, judge.Pass, answer.Verdict, "%s\n%s", answer.Message, answer.Output)

			var matrix bytes.Buffer
			table := tabwriter.NewWriter(&matrix, 0, 8, 2, ' ', 0)
			for _, wrong := range wrongs(t, l) {
				source, err := fs.ReadFile(l.Files(), wrong)
				require.NoError(t, err)
				reason, err := judge.ParseReason(source)
				require.NoError(t, err, wrong)
				res := check(t, l, wrong)
				require.NoError(t, reason.Met(res.Finding), "%s\n%s", wrong, res.Output)
				for _, other := range altered(reason) {
					require.Error(t, other.Met(res.Finding), wrong)
				}
				fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", filepath.Base(wrong), res.Verdict, res.Stages[len(res.Stages)-1].Name, res.Message)
			}
			table.Flush()
			t.Logf("who is caught by what:\n%s", &matrix)
		})
	}
}

// altered returns reasons that differ from r in the verdict or in the words.
func altered(r judge.Reason) []judge.Reason {
	verdict := judge.Exit
	if r.Verdict == verdict {
		verdict = judge.Hang
	}
	return []judge.Reason{{Verdict: verdict, Words: r.Words}, {Verdict: r.Verdict, Words: r.Words + " not"}}
}

func check(t *testing.T, l Lab, answer string) judge.Result {
	t.Helper()
	root, err := root(".")
	require.NoError(t, err)
	res, err := judge.Check(t.Context(), judge.Subject{
		Root: root, Lab: l.Folder(), Answer: filepath.Join(root, l.Folder(), answer),
	}, judge.Standard())
	require.NoError(t, err)
	return res
}

func wrongs(t *testing.T, l Lab) []string {
	t.Helper()
	wrong, err := fs.Glob(l.Files(), "testdata/wrong/*.go")
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(wrong), 3, "a judge is trusted for the answers that it rejects")
	return wrong
}

// A folder that has a page is a lab, and every lab is in the list.
func TestAllIsAll(t *testing.T) {
	pages, err := filepath.Glob("*/page.md")
	require.NoError(t, err)
	var folders, listed []string
	for _, page := range pages {
		folders = append(folders, filepath.Dir(page))
	}
	for _, l := range All {
		listed = append(listed, l.Name)
	}
	require.ElementsMatch(t, folders, listed)
}

func TestPages(t *testing.T) {
	link := regexp.MustCompile(`\]\(([^)]+)\)`)
	for _, l := range All {
		t.Run(l.Name, func(t *testing.T) {
			page := l.Page()
			require.NotEmpty(t, page.Title)
			require.NotEmpty(t, page.Why, "no explanation")
			for _, heading := range []string{"\n## Task\n", "\n## Hints\n", "\n### Hint 1", "\n### Hint 2", "\n### Hint 3"} {
				require.Contains(t, page.Task, heading)
			}
			require.NotContains(t, page.Task, "answer.go#", "a link to the answer gives it away")
			whole := page.Task + page.Why
			require.NotContains(t, whole, "```", "code in a page is code that nobody compiles")
			for _, m := range link.FindAllStringSubmatch(whole, -1) {
				to, ok := excerpt.ParseLink(m[1])
				require.True(t, ok, m[1])
				_, err := excerpt.Find(l.Files(), to.File, to.Name)
				require.NoError(t, err, m[1])
			}
		})
	}
}

// What is built in is what is on disk, so that page and judge never disagree.
func TestFilesAreTheFolder(t *testing.T) {
	for _, l := range All {
		for _, name := range append(given(l), "answer.go", "testdata/start.go") {
			built, err := fs.ReadFile(l.Files(), name)
			require.NoError(t, err)
			disk, err := os.ReadFile(filepath.Join(l.Name, name))
			require.NoError(t, err)
			require.Equal(t, string(disk), string(built))
			require.False(t, strings.Contains(string(built), "\r"), name)
		}
	}
}
