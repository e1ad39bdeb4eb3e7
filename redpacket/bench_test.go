package redpacket

import (
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"testing"
)

// turns measures several things in turns, so that a bad moment hits all of them, and keeps the
// best time of each.
type turns struct {
	parts []int // that each makes
	f     []func()
	best  []float64 // ns of processor time a part
}

func (t *turns) add(parts int, f func()) {
	f() // what is prepared once is prepared
	t.parts, t.f, t.best = append(t.parts, parts), append(t.f, f), append(t.best, math.Inf(1))
}

func (t *turns) round() {
	for i, f := range t.f {
		start := threadTime()
		f()
		t.best[i] = min(t.best[i], float64(threadTime()-start)/float64(t.parts[i]))
	}
}

// floor draws parts without regard to their sum, as everybody would, one by one.
func floor(n int) func() {
	r := rand.New(rand.NewPCG(1, 2))
	var sum int64
	return func() {
		total := int64(0)
		for range n {
			total += r.Int64N(80)
		}
		sum += total
	}
}

// enoughParts makes one measurement long enough for the clock.
const enoughParts = 20_000

// BenchmarkSplit is the price of a part, as processor time and as multiples of one Int64N on the
// same generator in the same run: of all methods that take the Params, reused, and of Uniform in
// one shot, and of another library, which does less.
//
//	go test -run '^$' -bench Split ./redpacket
func BenchmarkSplit(b *testing.B) {
	for _, p := range []Params{
		{50, 3, 8, 250},
		{50, 3, 8, 275},
		{1000, 1, 80, 40_000},
		{1000, 1, 80, 40_500},
		{1000, 1, 80, 5_000},
		{1000, 1, 80, 76_000},
		{1_000_000, 1, 80, 40_000_000},
		{1_000_000, 1, 80, 40_500_000},
		{1_000_000, 1, 80, 5_000_000},
		{1_000_000, 1, 80, 76_000_000},
		{1_000_000, 0, 9999, 3_000_000_000},
	} {
		for name, f := range subjects(p) {
			b.Run(fmt.Sprintf("%d of %d..%d, sum %d/%s", p.N, p.Min, p.Max, p.Sum, name), func(b *testing.B) {
				runtime.LockOSThread()
				defer runtime.UnlockOSThread()
				reps := enoughSplits(p, f)
				var t turns
				t.add(enoughParts, floor(enoughParts))
				t.add(reps*p.N, func() {
					for range reps {
						f()
					}
				})
				for b.Loop() {
					t.round()
				}
				b.ReportMetric(0, "ns/op") // of what, would be the question
				b.ReportMetric(t.best[1], "ns/part")
				b.ReportMetric(t.best[1]/t.best[0], "x")
			})
		}
	}
}

// enoughSplits returns how many splits are measured at a time: fewer of a method that takes long.
func enoughSplits(p Params, f func()) int {
	f() // what is prepared once is prepared
	start := threadTime()
	f()
	took := max(1, threadTime()-start)
	return int(max(1, min(int64(enoughParts/p.N), 5_000_000/took)))
}

// subjects are what is measured for p.
func subjects(p Params) map[string]func() {
	all := make(map[string]func())
	for m := range methods {
		if s, err := New(p, WithMethod(m)); err == nil && m != Exchange && (m != Dynamic || p.N < 1000) {
			src, dst := rand.NewPCG(1, 2), make([]int64, 0, p.N)
			all[m.String()] = func() { dst = s.Append(dst[:0], src) }
		}
	}
	src := rand.NewPCG(1, 2)
	all["uniform, one shot"] = func() { _, _ = Split(p, src) }
	if split := peer(p); split != nil {
		all["goext, one shot, no largest part"] = func() { _, _ = split() }
	}
	return all
}

// BenchmarkNext is the price of one part of what is left: of the same rest again and again; of one
// that becomes smaller by what was given away, when many envelopes of that shape were given away
// before; and of the first envelope of all.
//
//	go test -run '^$' -bench Next ./redpacket
func BenchmarkNext(b *testing.B) {
	for _, p := range []Params{{1000, 1, 80, 30_000}, {50, 3, 8, 250}, {100, 1, 2000, 50_000}, {1000, 0, 9999, 3_000_000}} {
		b.Run(fmt.Sprintf("%d of %d..%d, sum %d", p.N, p.Min, p.Max, p.Sum), func(b *testing.B) {
			runtime.LockOSThread()
			defer runtime.UnlockOSThread()
			src, m := rand.NewPCG(1, 2), newMemory()
			from := newWords(src)
			const some = 10_000
			var t turns
			t.add(some, floor(some))
			t.add(some, func() {
				for range some {
					_, _ = Next(src, p)
				}
			})
			for range 100 {
				giveAway(p, func(rest Params) int64 { v, _ := Next(src, rest); return v })
			}
			t.add(some/p.N*p.N, func() {
				for range some / p.N {
					giveAway(p, func(rest Params) int64 { v, _ := Next(src, rest); return v })
				}
			})
			t.add(p.N, func() {
				*m = *newMemory()
				giveAway(p, func(rest Params) int64 { v, _ := m.next(rest, from); return v })
			})
			for b.Loop() {
				t.round()
			}
			b.ReportMetric(0, "ns/op") // of what, would be the question
			for i, name := range []string{"floor", "same", "shrinking", "first"} {
				b.ReportMetric(t.best[i], "ns/"+name)
				b.ReportMetric(t.best[i]/t.best[0], "x-"+name)
			}
		})
	}
}

// giveAway gives away all of p, and returns the parts.
func giveAway(p Params, next func(rest Params) int64) []int64 {
	parts := make([]int64, 0, p.N)
	for p.N > 0 {
		v := next(p)
		parts = append(parts, v)
		p.N, p.Sum = p.N-1, p.Sum-v
	}
	return parts
}
