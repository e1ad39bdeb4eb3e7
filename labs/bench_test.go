package labs

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"lab.example/gopark/labs/judge"
)

// BenchmarkSaveToVerdict is what somebody waits for who has saved an answer: in the
// watcher, from the save to the end of the first stage or to the verdict, whichever comes
// first. Beside it, in turn, stands what bare go test takes for the same files. Every save
// is another answer, so that nothing is cached which depends on it.
//
// The time of an iteration is that of both; the ratio is one of medians.
func BenchmarkSaveToVerdict(b *testing.B) {
	for _, answer := range []string{"answer.go", "testdata/wrong/order.go", "testdata/wrong/senders.go"} {
		b.Run(strings.TrimSuffix(filepath.Base(answer), ".go"), func(b *testing.B) {
			w := module(b)
			if _, err := w.start(firsterr, false); err != nil {
				b.Fatal(err)
			}
			if err := os.CopyFS("work/bare", os.DirFS("work/firsterr")); err != nil {
				b.Fatal(err)
			}
			text := read(b, filepath.Join("labs/firsterr", answer))
			verdicts := verdictsOfTheFirstStage(b, w)
			saves := 0
			save := func(name string) time.Time {
				saves++
				write(b, "draft", fmt.Sprintf("%s\nconst save = %d\n", text, saves))
				begin := time.Now()
				if err := os.Rename("draft", name); err != nil { // at once: half a save is another answer
					b.Fatal(err)
				}
				return begin
			}
			var watched, bare []time.Duration
			for b.Loop() {
				begin := save(answerName(firsterr))
				watched = append(watched, (<-verdicts).Sub(begin))
				begin = save("work/bare/answer.go")
				_ = exec.Command("go", "test", "./work/bare").Run() // fails if the answer is wrong
				bare = append(bare, time.Since(begin))
			}
			slices.Sort(watched)
			slices.Sort(bare)
			ours, theirs := watched[len(watched)/2], bare[len(bare)/2]
			b.ReportMetric(float64(ours)/float64(theirs), "x-go-test")
			b.ReportMetric(float64(ours.Milliseconds()), "ms-watch")
			b.ReportMetric(float64(theirs.Milliseconds()), "ms-go-test")
		})
	}
}

// verdictsOfTheFirstStage watches the answers, and tells when each that was saved has
// been through the first stage of its tests. What would come after that is called off.
func verdictsOfTheFirstStage(b *testing.B, w work) <-chan time.Time {
	answers, err := w.newWatcher(nil)
	if err != nil {
		b.Fatal(err)
	}
	verdicts := make(chan time.Time)
	ctx, cancel := context.WithCancel(b.Context())
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		answers.run(ctx, func(l Lab) {
			checking, enough := context.WithCancel(ctx)
			defer enough()
			var at time.Time
			_, _, _ = w.checkAnswer(checking, l, judge.Watch(), w.judge, func(text string) {
				if at.IsZero() && strings.HasPrefix(text, "race") { // the next stage
					at = time.Now()
					enough()
				}
			})
			if at.IsZero() {
				at = time.Now()
			}
			select {
			case verdicts <- at:
			case <-ctx.Done():
			}
		})
	}()
	b.Cleanup(func() {
		cancel()
		<-stopped
		answers.close()
	})
	return verdicts
}
