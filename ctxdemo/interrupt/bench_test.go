package interrupt

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sync/semaphore"
)

// measured is one of several ways of doing the same, and what one operation costs in one round,
// in nanoseconds.
type measured struct {
	name  string
	round func() float64
}

// inTurns measures all ways in turns and reports, of each, its cheapest round, and how many times
// that of the first way that is; and the same of the medians. The cheapest round is the one
// least disturbed by what else the machine does; the median is what to expect of it.
func inTurns(b *testing.B, ways ...measured) {
	rounds := make([][]float64, len(ways))
	for b.Loop() {
		for i, way := range ways {
			rounds[i] = append(rounds[i], way.round())
		}
	}
	cheapest := func(i int) float64 { return slices.Min(rounds[i]) }
	median := func(i int) float64 {
		slices.Sort(rounds[i])
		return rounds[i][len(rounds[i])/2]
	}
	for i, way := range ways {
		b.ReportMetric(cheapest(i), way.name+"-ns")
		if i > 0 {
			b.ReportMetric(cheapest(i)/cheapest(0), way.name+"/"+ways[0].name)
			b.ReportMetric(median(i)/median(0), way.name+"/"+ways[0].name+"-median")
		}
	}
	b.ReportMetric(0, "ns/op")
}

// at has goroutines begin at once, in each round, to do n operations altogether. begin returns
// what each of them does.
func at(name string, goroutines, n int, begin func() func(h *Handle, n int)) measured {
	return measured{name, func() float64 {
		each := n / goroutines
		work := begin()
		var wg sync.WaitGroup
		ready := make(chan struct{})
		for range goroutines {
			wg.Go(func() {
				h := New(name)
				<-ready
				work(h, each)
			})
		}
		runtime.Gosched()
		start := time.Now()
		close(ready)
		wg.Wait()
		return float64(time.Since(start).Nanoseconds()) / float64(each*goroutines)
	}}
}

// BenchmarkLook is the cost of asking whether to stop, beside its alternatives.
func BenchmarkLook(b *testing.B) {
	ctx, cancel := context.WithCancel(b.Context())
	defer cancel()
	var flag atomic.Bool
	look := func(name string, loop func(h *Handle, n int)) measured {
		return at(name, 1, 100_000, func() func(*Handle, int) { return loop })
	}
	inTurns(b,
		look("atomic.Bool", func(_ *Handle, n int) {
			for range n {
				if flag.Load() {
					return
				}
			}
		}),
		look("IsInterrupted", func(h *Handle, n int) {
			for range n {
				if h.IsInterrupted() {
					return
				}
			}
		}),
		look("Check", func(h *Handle, n int) {
			for range n {
				if h.Check("look") != nil {
					return
				}
			}
		}),
		look("ctx.Err", func(_ *Handle, n int) {
			for range n {
				if ctx.Err() != nil {
					return
				}
			}
		}),
		look("select", func(_ *Handle, n int) {
			for range n {
				select {
				case <-ctx.Done():
					return
				default:
				}
			}
		}))
}

// BenchmarkLock is the cost of locking and unlocking, of an operation by one goroutine, or by
// several that want the lock at the same time.
func BenchmarkLock(b *testing.B) {
	ctx, cancel := context.WithCancel(b.Context())
	defer cancel()
	count := 0
	for _, goroutines := range []int{1, 2, 32} {
		n := 1_000_000 // long enough for all to be there at once
		if goroutines == 1 {
			n = 20_000 // short enough for a round without disturbance
		}
		b.Run(fmt.Sprintf("goroutines=%d", goroutines), func(b *testing.B) {
			inTurns(b,
				at("sync.Mutex", goroutines, n, func() func(*Handle, int) {
					m := new(sync.Mutex)
					return func(_ *Handle, n int) {
						for range n {
							m.Lock()
							count++
							m.Unlock()
						}
					}
				}),
				at("LockInterruptibly", goroutines, n, func() func(*Handle, int) {
					m := new(Mutex)
					return func(h *Handle, n int) {
						for range n {
							if m.LockInterruptibly(h) != nil {
								return
							}
							count++
							m.Unlock()
						}
					}
				}),
				at("Lock", goroutines, n, func() func(*Handle, int) {
					m := new(Mutex)
					return func(_ *Handle, n int) {
						for range n {
							m.Lock()
							count++
							m.Unlock()
						}
					}
				}),
				at("semaphore", goroutines, n/10, func() func(*Handle, int) {
					m := semaphore.NewWeighted(1)
					return func(_ *Handle, n int) {
						for range n {
							if m.Acquire(ctx, 1) != nil {
								return
							}
							count++
							m.Release(1)
						}
					}
				}),
				at("chan", goroutines, n/10, func() func(*Handle, int) {
					m := make(chan struct{}, 1)
					return func(_ *Handle, n int) {
						for range n {
							select {
							case m <- struct{}{}:
							case <-ctx.Done():
								return
							}
							count++
							<-m
						}
					}
				}))
		})
	}
}

// BenchmarkRWLock is BenchmarkLock for locks of readers and writers: one operation in ten is a
// writer's, or none.
func BenchmarkRWLock(b *testing.B) {
	type rw interface {
		Lock()
		Unlock()
		RLock()
		RUnlock()
	}
	count := 0
	for _, goroutines := range []int{1, 2, 32} {
		for _, writes := range []bool{false, true} {
			b.Run(fmt.Sprintf("goroutines=%d/writes=%v", goroutines, writes), func(b *testing.B) {
				way := func(name string, lock func() rw) measured {
					return at(name, goroutines, 200_000, func() func(*Handle, int) {
						m := lock()
						return func(_ *Handle, n int) {
							for i := range n {
								if writes && i%10 == 0 {
									m.Lock()
									count++
									m.Unlock()
								} else {
									m.RLock()
									_ = count
									m.RUnlock()
								}
							}
						}
					})
				}
				inTurns(b,
					way("sync.RWMutex", func() rw { return new(sync.RWMutex) }),
					way("RWMutex", func() rw { return new(RWMutex) }))
			})
		}
	}
}

// BenchmarkWake is the time from the interrupt of a goroutine that blocks, or the end of its
// context, until somebody hears from it; with the making of the next context, and without.
func BenchmarkWake(b *testing.B) {
	never := make(chan int)
	cancelling := func() (context.Context, func(*Handle)) {
		ctx, cancel := context.WithCancel(context.Background())
		return ctx, func(*Handle) { cancel() }
	}
	interrupting := func() (context.Context, func(*Handle)) { return nil, (*Handle).Interrupt }
	receive := func(_ *Handle, ctx context.Context) {
		select {
		case <-never:
		case <-ctx.Done():
		}
	}
	for _, procs := range []int{1, runtime.GOMAXPROCS(0)} {
		b.Run(fmt.Sprintf("procs=%d", procs), func(b *testing.B) {
			defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(procs))
			inTurns(b,
				wakes("select", cancelling, receive),
				wakes("select+WithCancel", func() (context.Context, func(*Handle)) {
					ctx, cancel := cancelling()
					return ctx, func(h *Handle) {
						cancel(h)
						cancelling() // a flag is cleared, a context is spent: there must be another one
					}
				}, receive),
				wakes("select-timer", cancelling, func(_ *Handle, ctx context.Context) {
					timer := time.NewTimer(time.Hour)
					defer timer.Stop()
					select {
					case <-timer.C:
					case <-ctx.Done():
					}
				}),
				wakes("Recv", interrupting, func(h *Handle, _ context.Context) { _, _, _ = Recv(h, never) }),
				wakes("Sleep", interrupting, func(h *Handle, _ context.Context) { _ = h.Sleep(time.Hour) }),
				wakes("LockInterruptibly", interrupting, func() func(h *Handle, _ context.Context) {
					var m Mutex
					m.Lock()
					return func(h *Handle, _ context.Context) { _ = m.LockInterruptibly(h) }
				}()))
		})
	}
}

// wakes measures the time from wake until block has returned; prepare, which makes the context
// that block gets, is not measured.
func wakes(name string, prepare func() (ctx context.Context, wake func(*Handle)), block func(*Handle, context.Context)) measured {
	const times = 200
	return measured{name, func() float64 {
		next, back := make(chan context.Context), make(chan struct{})
		h := Go(name, func(h *Handle) error {
			for ctx := range next {
				block(h, ctx)
				back <- struct{}{}
			}
			return nil
		})
		var took time.Duration
		for range times {
			ctx, wake := prepare()
			next <- ctx
			for range 3 {
				runtime.Gosched() // it blocks now
			}
			start := time.Now()
			wake(h)
			<-back
			took += time.Since(start)
		}
		close(next)
		<-h.Done()
		return float64(took.Nanoseconds()) / times
	}}
}

// BenchmarkPolite counts how often a goroutine that pauses gets a lock, in half a second, that a
// greedy one gives back only to take it again.
func BenchmarkPolite(b *testing.B) {
	const pause, hold = 100 * time.Microsecond, 100 * time.Microsecond
	turns := func(lock func(h *Handle), unlock func()) (n int) {
		var over atomic.Bool
		var wg sync.WaitGroup
		wg.Go(func() {
			for h := New("greedy"); !over.Load(); {
				lock(h)
				for start := time.Now(); time.Since(start) < hold; {
				}
				unlock()
			}
		})
		h := New("polite")
		for start := time.Now(); time.Since(start) < time.Second/2; n++ {
			time.Sleep(pause)
			lock(h)
			unlock()
		}
		over.Store(true)
		wg.Wait()
		return n
	}
	var those, ours int
	for b.Loop() {
		var m sync.Mutex
		those += turns(func(*Handle) { m.Lock() }, m.Unlock)
		var i Mutex
		ours += turns(func(h *Handle) { _ = i.LockInterruptibly(h) }, i.Unlock)
	}
	b.ReportMetric(float64(those)/float64(b.N), "sync.Mutex-turns")
	b.ReportMetric(float64(ours)/float64(b.N), "LockInterruptibly-turns")
	b.ReportMetric(float64(ours)/float64(those), "LockInterruptibly/sync.Mutex")
	b.ReportMetric(0, "ns/op")
}
