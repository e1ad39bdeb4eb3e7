package contract

import (
	"flag"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/labs"
	"lab.example/gopark/labs/judge"
)

var (
	answers = flag.Int("answers", 6, "how many processes of tests every answer has to pass, in turn with 1, 2 and 4 Ps, plain and under the race detector; 500 before a release")
	hogs    = flag.Int("hogs", 0, "how many goroutines compute beside the tests")
)

// Pass is the other half of a judge: the answers of a track pass, every time, on every number
// of Ps, and whatever else the machine has to do.
func Pass(t *testing.T, track string) {
	t.Helper()
	hog(t, *hogs)
	for _, l := range labs.All {
		if l.Track != track {
			continue
		}
		t.Run(l.Name, func(t *testing.T) {
			t.Parallel()
			p := labs.Promise{Name: "answer", File: "answer.go", Want: judge.Reason{Verdict: judge.Pass}}
			res, err := l.Hold(t.Context(), p, labs.Often(*answers))
			require.NoError(t, err, "%s", res.Output)
			if p.Unchecked(res) {
				t.Skip(res.Message)
			}
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
