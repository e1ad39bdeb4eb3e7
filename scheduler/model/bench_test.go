package model_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/scheduler/model"
)

// workload is a program that spends its life scheduling, for n goroutines that take
// about rounds decisions each.
type workload struct {
	name    string
	program func(n, rounds int) *model.Program
}

var workloads = []workload{
	{"Gosched", func(n, rounds int) *model.Program {
		return &model.Program{Procs: [][]model.Op{
			model.Ops(model.Times(n, model.Do(model.Go, 1))),
			model.Ops(model.Times(rounds, model.Do(model.Yield))),
		}}
	}},
	{"spawn", func(n, rounds int) *model.Program {
		return &model.Program{Procs: [][]model.Op{
			model.Ops(model.Times(rounds, model.Times(n, model.Do(model.Go, 1)), model.Do(model.Yield))),
			model.Ops(),
		}}
	}},
	{"ping-pong", func(n, rounds int) *model.Program {
		p := &model.Program{}
		var root []model.Op
		for i := range max(n/2, 1) {
			p.Chans = append(p.Chans, 0, 0)
			p.Procs = append(p.Procs,
				model.Ops(model.Times(rounds, model.Do(model.Send, 2*i), model.Do(model.Recv, 2*i+1))),
				model.Ops(model.Times(rounds, model.Do(model.Recv, 2*i), model.Do(model.Send, 2*i+1))))
			root = append(root, model.Do(model.Go, 2*i+1), model.Do(model.Go, 2*i+2))
		}
		p.Procs = append([][]model.Op{root}, p.Procs...)
		return p
	}},
	{"mutex", func(n, rounds int) *model.Program {
		return &model.Program{Mutexes: 1, Procs: [][]model.Op{
			model.Ops(model.Times(n, model.Do(model.Go, 1))),
			model.Ops(model.Times(rounds, model.Do(model.Lock, 0), model.Do(model.Yield), model.Do(model.Unlock, 0))),
		}}
	}},
}

// BenchmarkDecision measures the model: nanoseconds for each choice of a goroutine,
// with the log of all events on.
func BenchmarkDecision(b *testing.B) {
	for _, w := range workloads {
		for _, n := range []int{2, 100, 10_000, 1_000_000} {
			if w.name == "ping-pong" && n > 10_000 {
				continue // its program grows with n: it would measure the size of the code
			}
			b.Run(fmt.Sprintf("%s/goroutines=%d", w.name, n), func(b *testing.B) {
				rounds := max(200_000/n, 4)
				m, err := model.New(w.program(n, rounds), model.Config{Steps: 1 << 40})
				require.NoError(b, err)
				_, err = m.Run(b.Context()) // fetches the memory
				require.NoError(b, err)
				var decisions uint64
				for b.Loop() {
					r, err := m.Run(b.Context())
					if err != nil {
						b.Fatal(err)
					}
					decisions += r.Decisions
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(decisions), "ns/decision")
				b.ReportMetric(0, "ns/op")
			})
		}
	}
}
