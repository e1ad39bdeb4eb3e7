package contract

import (
	"flag"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/labs"
	"lab.example/gopark/labs/judge"
)

var (
	update = flag.Bool("update", false, "write down anew who is caught by what: testdata/matrix.txt of every lab")
	rounds = flag.Int("rounds", 1, "how often every start and every wrong answer is judged, and must be rejected for its reason; 10 before a release")
)

// Hold is the test of one track: every lab in it keeps its promises. Every reason is held
// against the verdict once more with one word changed, and must then not be met: a contract
// that cannot be broken would prove nothing.
//
// Answers are judged by the plan that learners get, at the same time as far as there are
// processors. But go vet, a fifth of the time, is asked only about those that it has to
// find, and about all when the matrix is written. The race detector's binary, which takes as
// long as everything else, is built only if an answer lives to see it. The answers themselves
// are for Pass.
func Hold(t *testing.T, track string) {
	t.Helper()
	hog(t, *hogs)
	times := newTimes(t)
	for _, l := range labs.All {
		if l.Track != track {
			continue
		}
		t.Run(l.Name, func(t *testing.T) {
			matrix := readMatrix(t, l)
			promises, err := l.Promises()
			require.NoError(t, err)
			var wrongs []labs.Promise
			for _, p := range promises {
				switch {
				case p.Want.Verdict == judge.Pass:
					continue
				case p.Want.Words != "": // not the start
					wrongs = append(wrongs, p)
				}
				t.Run(p.Name, func(t *testing.T) {
					t.Parallel()
					plan := p.UntilCaught()
					plan.NoVet = !*update && p.Want.Verdict != judge.Vet
					var res judge.Result
					for range *rounds {
						begin := time.Now()
						var err error
						res, err = l.Hold(t.Context(), p, plan)
						times.add(l.Name+"/"+p.Name, time.Since(begin), res)
						require.NoError(t, err, "%s", res.Output)
						if p.Unchecked(res) {
							t.Skip(res.Message)
						}
					}
					if p.Want.Words == "" {
						return // the start: any assertion will do
					}
					for _, other := range altered(p.Want) {
						require.Error(t, other.Met(res.Finding), p.File)
					}
					matrix.hold(t, l, p, res)
				})
			}
			matrix.complete(t, wrongs)
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
