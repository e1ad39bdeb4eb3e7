package probe

import (
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/labs/probe/probetest"
)

// sell lets n clients buy at the same instant and returns how many got something.
func sell(s probetest.Shop, n int) int {
	var got atomic.Int32
	var wg sync.WaitGroup
	for range n {
		wg.Go(func() {
			if s.Sell() {
				got.Add(1)
			}
		})
	}
	wg.Wait()
	return int(got.Load())
}

func withProcs(t *testing.T, f func(t *testing.T)) {
	t.Helper()
	for _, procs := range []int{1, 2, 4} {
		t.Run(fmt.Sprintf("procs=%d", procs), func(t *testing.T) {
			defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(procs))
			f(t)
		})
	}
}

// Check-then-act is caught every time.
func TestPointDrives(t *testing.T) {
	withProcs(t, func(t *testing.T) {
		for range 500 {
			Bubble(t, func(t *testing.T) {
				var p Point
				Took(t, 0, func() { require.Equal(t, 2, sell(&probetest.Oversold{Left: 1, Between: p.Here}, 2)) })
				require.Equal(t, []int{2, 1}, []int{p.Came(), p.Met()})
				require.Equal(t, " "+probetest.At(t, "oversold"), p.Place())
			})
		}
	})
}

// Outside a bubble, too.
func TestPointDrivesOutside(t *testing.T) {
	withProcs(t, func(t *testing.T) {
		for range 500 {
			var p Point
			require.Equal(t, 2, sell(&probetest.Oversold{Left: 1, Between: p.Here}, 2))
		}
	})
}

// The control: without the Point the same answer is rarely wrong.
func TestWithoutThePoint(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	wrong := 0
	for range 500 {
		if sell(&probetest.Oversold{Left: 1, Between: func() {}}, 2) > 1 {
			wrong++
		}
	}
	require.Less(t, wrong, 250)
}

// Answers that are right stay right, whatever they lock with, and nobody waits in vain.
func TestPointLetsTheRightPass(t *testing.T) {
	for name, shop := range map[string]func(*Point) probetest.Shop{
		"mutex": func(p *Point) probetest.Shop {
			return &probetest.Locked{Locker: new(sync.Mutex), Left: 1, Between: p.Here}
		},
		"rwmutex": func(p *Point) probetest.Shop {
			return &probetest.Locked{Locker: new(sync.RWMutex), Left: 1, Between: p.Here}
		},
		"channel": func(p *Point) probetest.Shop {
			return &probetest.Locked{Locker: make(probetest.ChanLock, 1), Left: 1, Between: p.Here}
		},
		"swapped": func(p *Point) probetest.Shop { s := &probetest.Swapped{Between: p.Here}; s.Left.Store(1); return s },
		"spinning": func(p *Point) probetest.Shop {
			return &probetest.Locked{Locker: new(probetest.SpinLock), Left: 1, Between: p.Here}
		},
	} {
		t.Run(name, func(t *testing.T) {
			times := 170 // 500 in all
			if name == "spinning" {
				times = 1 // it may take a second
			}
			withProcs(t, func(t *testing.T) {
				for range times {
					Bubble(t, func(t *testing.T) {
						var p Point
						Took(t, 0, func() { require.Equal(t, 1, sell(shop(&p), 3)) })
						require.GreaterOrEqual(t, p.Came(), 3)
						if name != "swapped" {
							require.Zero(t, p.Met())
							require.Empty(t, p.Place())
						}
					})
				}
			})
		})
	}
}

// Who comes alone is not held up, and not by those who sleep.
func TestPointAlone(t *testing.T) {
	Bubble(t, func(t *testing.T) {
		var p Point
		var wg sync.WaitGroup
		wg.Go(func() {
			time.Sleep(time.Hour)
			p.Here()
		})
		synctest.Wait()
		Took(t, 0, p.Here)
		Took(t, time.Hour, wg.Wait)
		require.Equal(t, []int{2, 0}, []int{p.Came(), p.Met()})
	})
}

// Two that are held at two Points do not hold each other for ever.
func TestTwoPoints(t *testing.T) {
	for range 500 {
		Bubble(t, func(t *testing.T) {
			var p, q Point
			Took(t, 0, func() { probetest.Unbounded(p.Here, q.Here) })
			require.Zero(t, p.Met()+q.Met())
		})
	}
}

// The same two meet at one Point after the other: who has just been let go at the first is
// on its way to the second, and waited for there.
func TestPointsInARow(t *testing.T) {
	withProcs(t, func(t *testing.T) {
		for range 200 {
			Bubble(t, func(t *testing.T) {
				var points [5]Point
				var both sync.WaitGroup
				for range 2 {
					both.Go(func() {
						for i := range points {
							points[i].Here()
						}
					})
				}
				both.Wait()
				for i := range points {
					require.Equal(t, 1, points[i].Met(), "point %d", i)
				}
			})
		}
	})
}

func TestPointYields(t *testing.T) {
	Bubble(t, func(t *testing.T) {
		p := Point{Yield: true}
		Took(t, 0, func() { probetest.Unbounded(p.Here, p.Here, p.Here) })
		require.Equal(t, []int{3, 0}, []int{p.Came(), p.Met()})
	})
}

func TestAlone(t *testing.T) {
	const own = "goroutine 7 [running, synctest bubble 3]:\nmain.f()\n\t/x.go:1\n\n"
	for dump, want := range map[string]bool{
		own: true,
		own + "goroutine 8 [sync.Mutex.Lock, 2 minutes, synctest bubble 3]:\nmain.g()\n\t/x.go:2\n":                                          true,
		own + "goroutine 8 [sync.Mutex.Lock, synctest bubble 3]:\n\ngoroutine 9 [runnable, synctest bubble 3]:\n":                            false,
		own + "goroutine 8 [running, synctest bubble 3]:\n":                                                                                  false,
		own + "goroutine 8 [semacquire, synctest bubble 3]:\n":                                                                               false,
		own + "goroutine 8 [GC assist wait, synctest bubble 3]:\n":                                                                           false,
		own + "goroutine 8 [running, synctest bubble 33]:\n":                                                                                 true,
		own + "goroutine 8 [chan receive]:\n":                                                                                                true,
		own + "goroutine 8 [semacquire]:\n":                                                                                                  false, // has left its bubble to start the garbage collector
		own + "goroutine 8 [running]:\n":                                                                                                     false,
		own + "goroutine 8 [running, locked to thread, synctest bubble 3]:\n":                                                                false,
		own + "goroutine 8 [runnable, synctest bubble 3]:\nruntime.Gosched()\n\t/x.go:2\nlab.example/gopark/labs/probe.(*Point).hold(0x1)\n": true,
		own + "goroutine 8 [runnable, synctest bubble 3]:\nlab.example/gopark/labs/probe.(*Point).here(0x1)\n":                               false,
		"goroutine 7 [running]:\n\ngoroutine 8 [runnable]:\n":                                                                                false,
		"goroutine 7 [running]:\n\ngoroutine 8 [runnable, synctest bubble 3]:\n":                                                             true,
	} {
		require.Equal(t, want, alone([]byte(dump)), dump)
	}
}

func BenchmarkPoint(b *testing.B) {
	b.Run("meet", func(b *testing.B) {
		var p Point
		for b.Loop() {
			probetest.Unbounded(p.Here, p.Here)
		}
		b.ReportMetric(float64(p.Met())/float64(b.N), "met/op")
	})
	b.Run("alone", func(b *testing.B) {
		var p Point
		for b.Loop() {
			p.Here()
		}
	})
	b.Run("yield", func(b *testing.B) {
		p := Point{Yield: true}
		for b.Loop() {
			p.Here()
		}
	})
	for _, n := range []int{10, 1000} {
		b.Run(fmt.Sprintf("alone/goroutines=%d", n), func(b *testing.B) {
			var p Point
			end := make(chan struct{})
			var wg sync.WaitGroup
			for range n {
				wg.Go(func() { <-end })
			}
			for b.Loop() {
				p.Here()
			}
			close(end)
			wg.Wait()
		})
	}
}
