package child

import (
	"os"
	"testing"
	"time"
)

// BenchmarkStart is the cost of a process from its start to its end, with a
// supervisor and without.
func BenchmarkStart(b *testing.B) {
	supervised := func() {
		if s, err := Run(b.Context(), Spec{Body: "exit", Arg: []byte("0")}); err != nil || s.Exit != 0 {
			b.Fatal(s, err)
		}
	}
	unsupervised := func() {
		cmd := plain(Job{Report: os.Stderr}, "exit", "0")
		cmd.Env = append(Env(), cmd.Env[len(cmd.Env)-3:]...)
		if err := cmd.Run(); err != nil {
			b.Fatal(err)
		}
	}
	b.Run("child", func(b *testing.B) {
		for b.Loop() {
			supervised()
		}
	})
	b.Run("exec", func(b *testing.B) {
		for b.Loop() {
			unsupervised()
		}
	})
	// In turns, so that both meet the same machine.
	b.Run("ratio", func(b *testing.B) {
		var with, without time.Duration
		for b.Loop() {
			begin := time.Now()
			supervised()
			middle := time.Now()
			unsupervised()
			with += middle.Sub(begin)
			without += time.Since(middle)
		}
		b.ReportMetric(float64(with)/float64(without), "child/exec")
	})
}
