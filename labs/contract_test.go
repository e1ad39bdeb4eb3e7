package labs

import (
	"flag"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/internal/excerpt"
	"lab.example/gopark/labs/judge"
)

var (
	update  = flag.Bool("update", false, "write down anew who is caught by what: testdata/matrix.txt of every lab")
	answers = flag.Int("answers", 8, "how many processes of tests every answer has to pass, each with some GOMAXPROCS, plain or under the race detector; 500 before a release")
	hogs    = flag.Int("hogs", 0, "how many goroutines compute beside the tests of the answers")
)

// The contract of a lab: what learners start from is rejected, the answer passes, and
// every answer that is known to be wrong is rejected for the reason that it states.
// Every reason is held against the verdict once more with one word changed, and must
// then not be met: a contract that cannot be broken would prove nothing.
//
// Answers are judged by the plan that learners get, at the same time as far as there are
// processors. The race detector's binary, which takes as long as everything else, is
// built only if an answer lives to see it.
func TestContract(t *testing.T) {
	times := newTimes(t)
	for _, l := range All {
		t.Run(l.Name, func(t *testing.T) {
			matrix := readMatrix(t, l)
			t.Run("start", func(t *testing.T) {
				t.Parallel()
				start := check(t, times, l, "testdata/start.go", untilCaught(judge.Assert))
				require.Equal(t, judge.Assert, start.Verdict, "start must compile, end and be wrong: %s", start.Message)
			})
			for _, wrong := range wrongs(t, l) {
				t.Run(nameOf(wrong), func(t *testing.T) {
					t.Parallel()
					reason := reasonOf(t, l, wrong)
					res := check(t, times, l, wrong, untilCaught(reason.Verdict))
					if res.Verdict == judge.Inconclusive && reason.Verdict == judge.Race {
						t.Skip(res.Message)
					}
					require.NoError(t, reason.Met(res.Finding), "%s\n%s", wrong, res.Output)
					for _, other := range altered(reason) {
						require.Error(t, other.Met(res.Finding), wrong)
					}
					if *update {
						matrix.set(nameOf(wrong), catch(t, times, l, wrong, reason.Verdict))
						return
					}
					row, ok := matrix.rows[nameOf(wrong)]
					require.True(t, ok, "%s is not in %s: go test ./labs -run TestContract/%s -update", wrong, matrix.file, l.Name)
					require.Equal(t, reason.Verdict, row.verdict, "%s: go test ./labs -run TestContract/%s -update", matrix.file, l.Name)
					require.NotEqual(t, nobody, row.by(res.Verdict), "%s says that this finds nothing: %s", matrix.file, res.Verdict)
				})
			}
			matrix.complete(t, wrongs(t, l))
		})
	}
}

// The other half of a judge: what is right passes, every time, on every number of Ps, and
// whatever else the machine has to do.
func TestNoFalseAlarm(t *testing.T) {
	hog(t, *hogs)
	times := newTimes(t)
	for _, l := range All {
		t.Run(l.Name, func(t *testing.T) {
			t.Parallel()
			all := judge.Plan{Wall: time.Minute, Stages: []judge.Stage{
				{Name: "answers", Plain: true, Race: true, Procs: []int{1, 2, 4}, Runs: *answers},
			}}
			res := check(t, times, l, "answer.go", all)
			if res.Verdict == judge.Inconclusive {
				t.Skip(res.Message)
			}
			require.Equal(t, judge.Pass, res.Verdict, "%s\n%s", res.Message, res.Output)
		})
	}
}

// hog keeps n processors busy until the test is over.
func hog(t *testing.T, n int) {
	var done atomic.Bool
	var wg sync.WaitGroup
	for range n {
		wg.Go(func() {
			for !done.Load() {
			}
		})
	}
	t.Cleanup(func() { done.Store(true); wg.Wait() })
}

// untilCaught is the plan that learners get, with another patience: what hangs is to be
// found soon, and nothing else is to be taken for it.
func untilCaught(v judge.Verdict) judge.Plan {
	p := judge.Standard()
	p.Wall = time.Minute
	if v == judge.Hang {
		p.Wall = 3 * time.Second
	}
	return p
}

// altered returns reasons that differ from r in the verdict or in the words.
func altered(r judge.Reason) []judge.Reason {
	verdict := judge.Exit
	if r.Verdict == verdict {
		verdict = judge.Hang
	}
	return []judge.Reason{{Verdict: verdict, Words: r.Words}, {Verdict: r.Verdict, Words: r.Words + " not"}}
}

func check(t *testing.T, times *times, l Lab, answer string, p judge.Plan) judge.Result {
	t.Helper()
	root, err := root(".")
	require.NoError(t, err)
	begin := time.Now()
	res, err := judge.Check(t.Context(), judge.Subject{
		Root: root, Lab: l.Folder(), Answer: filepath.Join(root, l.Folder(), answer),
	}, p)
	require.NoError(t, err)
	times.add(l.Name+"/"+nameOf(answer), time.Since(begin), res)
	return res
}

func wrongs(t *testing.T, l Lab) []string {
	t.Helper()
	wrong, err := fs.Glob(l.Files(), "testdata/wrong/*.go")
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(wrong), 3, "a judge is trusted for the answers that it rejects")
	return wrong
}

func nameOf(answer string) string { return strings.TrimSuffix(filepath.Base(answer), ".go") }

func reasonOf(t *testing.T, l Lab, wrong string) judge.Reason {
	t.Helper()
	source, err := fs.ReadFile(l.Files(), wrong)
	require.NoError(t, err)
	reason, err := judge.ParseReason(source)
	require.NoError(t, err, wrong)
	return reason
}

// times are how long answers took, for who wants to know what the contract costs.
type times struct {
	mu   sync.Mutex
	took map[string]string
	sum  time.Duration
}

func newTimes(t *testing.T) *times {
	all := &times{took: make(map[string]string)}
	t.Cleanup(func() {
		var lines strings.Builder
		for _, name := range slices.Sorted(maps.Keys(all.took)) {
			fmt.Fprintf(&lines, "%s %s\n", all.took[name], name)
		}
		t.Logf("%d answers in %v, one after another:\n%s", len(all.took), all.sum.Round(time.Millisecond), &lines)
	})
	return all
}

func (all *times) add(name string, d time.Duration, res judge.Result) {
	all.mu.Lock()
	defer all.mu.Unlock()
	all.sum += d
	all.took[name] = fmt.Sprintf("%6.2fs, of which %5.2fs in %2d processes of tests,", d.Seconds(), res.Spent.Seconds(), res.Runs)
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
