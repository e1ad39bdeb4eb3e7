package judge

import (
	"path/filepath"
	"testing"
)

// BenchmarkCheck is what a learner waits for: a right answer under the plan for those who
// ask, and a wrong one that the first process finds out. ms-run is without the compiler.
func BenchmarkCheck(b *testing.B) {
	root, err := filepath.Abs("../..")
	if err != nil {
		b.Fatal(err)
	}
	for name, c := range map[string]struct {
		lab, answer string
		want        Verdict
	}{
		"right": {"labs/firsterr", "../firsterr/answer.go", Pass},
		"wrong": {"labs/firsterr", "../firsterr/testdata/wrong/senders.go", Leak},
	} {
		b.Run(name, func(b *testing.B) {
			var runs, spent float64
			for b.Loop() {
				res, err := Check(b.Context(), Subject{root, c.lab, c.answer}, Standard())
				if err != nil || res.Verdict != c.want {
					b.Fatal(err, res.Finding)
				}
				runs += float64(res.Runs)
				spent += float64(res.Spent.Milliseconds())
			}
			b.ReportMetric(spent/runs, "ms-run/process")
			b.ReportMetric(runs/float64(b.N), "processes")
		})
	}
}
