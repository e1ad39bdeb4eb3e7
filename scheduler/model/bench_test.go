package model_test

import (
	"fmt"
	"runtime"
	"sync"
	"testing"
	"time"

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

// real is what a workload is on the real runtime: the same operations, without anything
// that would tell what happened.
var real = map[string]func(n, rounds int){
	"Gosched": func(n, rounds int) {
		var wg sync.WaitGroup
		for range n {
			wg.Go(func() {
				for range rounds {
					runtime.Gosched()
				}
			})
		}
		wg.Wait()
	},
	"spawn": func(n, rounds int) {
		for range rounds {
			for range n {
				go func() {}()
			}
			runtime.Gosched()
		}
	},
	"ping-pong": func(n, rounds int) {
		var wg sync.WaitGroup
		for range max(n/2, 1) {
			ping, pong := make(chan struct{}), make(chan struct{})
			wg.Go(func() {
				for range rounds {
					ping <- struct{}{}
					<-pong
				}
			})
			wg.Go(func() {
				for range rounds {
					<-ping
					pong <- struct{}{}
				}
			})
		}
		wg.Wait()
	},
	"mutex": func(n, rounds int) {
		var wg sync.WaitGroup
		var mu sync.Mutex
		for range n {
			wg.Go(func() {
				for range rounds {
					mu.Lock()
					runtime.Gosched()
					mu.Unlock()
				}
			})
		}
		wg.Wait()
	},
}

// BenchmarkDecision measures the model, and the real runtime on one P beside it, in
// turns: nanoseconds for each choice of a goroutine. The model's log of all events is
// on. Both execute the same operations; the number of choices is the model's, which is
// that of the real runtime (package realrun).
func BenchmarkDecision(b *testing.B) {
	for _, w := range workloads {
		for _, n := range []int{2, 100, 10_000, 1_000_000} {
			if w.name == "ping-pong" && n > 10_000 {
				continue // its program grows with n: it would measure the size of the code
			}
			b.Run(fmt.Sprintf("%s/goroutines=%d", w.name, n), func(b *testing.B) {
				defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
				rounds := max(50_000/n, 12)
				m, err := model.New(w.program(n, rounds), model.Config{Steps: 1 << 40})
				require.NoError(b, err)
				_, err = m.Run(b.Context()) // fetches the memory
				require.NoError(b, err)
				var decisions uint64
				var modelled, ran time.Duration
				for b.Loop() {
					start := time.Now()
					r, err := m.Run(b.Context())
					if err != nil {
						b.Fatal(err)
					}
					modelled += time.Since(start)
					decisions += r.Decisions
					if n <= 10_000 {
						start = time.Now()
						real[w.name](n, rounds)
						ran += time.Since(start)
					}
				}
				b.ReportMetric(float64(modelled.Nanoseconds())/float64(decisions), "ns/decision")
				if ran > 0 {
					b.ReportMetric(float64(ran.Nanoseconds())/float64(decisions), "real-ns/decision")
					b.ReportMetric(float64(ran)/float64(modelled), "real/model")
				}
				b.ReportMetric(0, "ns/op")
			})
		}
	}
}
