package conformance

import (
	"bytes"
	"fmt"
	"runtime"
	"runtime/debug"
	"runtime/trace"
	"strings"
	"sync"

	"lab.example/gopark/internal/child"
	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/hint"
)

// A Workload is a small program whose every start should be explained.
type Workload struct {
	Name string
	Doc  string
	Size int // how much of it there is
	run  func(size int)
}

// Workloads are the programs that are replayed.
var Workloads = []Workload{
	{"forkjoin", "a tree of goroutines, three below each, Size levels", 7, fork},
	{"pipeline", "Size values through 20 stages of unbuffered channels", 40, pipeline},
	{"mutex", "eight goroutines that lock a mutex, yield and unlock it, Size times each", 100, contend},
	{"burst", "600 goroutines at once, more than a P can hold, Size times", 5, burst},
	{"gosched", "100 goroutines that call Gosched Size times each", 20, yield},
}

// Find returns the workload of a name. The error carries a hint.
func Find(name string) (Workload, error) {
	var names []string
	for _, w := range Workloads {
		if w.Name == name {
			return w, nil
		}
		names = append(names, w.Name)
	}
	return Workload{}, hint.With(fmt.Errorf("find workload: none is called %q", name), "there are %s", strings.Join(names, ", "))
}

func fork(depth int) {
	if depth == 0 {
		return
	}
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() { fork(depth - 1) })
	}
	wg.Wait()
}

func pipeline(values int) {
	first := make(chan int)
	last := first
	for range 20 {
		in, out := last, make(chan int)
		go func() {
			defer close(out)
			for v := range in {
				out <- v + 1
			}
		}()
		last = out
	}
	go func() {
		defer close(first)
		for v := range values {
			first <- v
		}
	}()
	for range last {
	}
}

// contend yields inside of the lock: otherwise the mutex would hardly ever be contended.
func contend(times int) {
	var (
		mu sync.Mutex
		wg sync.WaitGroup
	)
	for range 8 {
		wg.Go(func() {
			for range times {
				mu.Lock()
				runtime.Gosched()
				mu.Unlock()
			}
		})
	}
	wg.Wait()
}

func burst(times int) {
	for range times {
		var wg sync.WaitGroup
		for range 600 {
			wg.Go(func() {})
		}
		wg.Wait()
	}
}

func yield(times int) {
	var wg sync.WaitGroup
	for range 100 {
		wg.Go(func() {
			for range times {
				runtime.Gosched()
			}
		})
	}
	wg.Wait()
}

// Record runs a workload in this process, with procs Ps, and returns its trace. While
// it runs, GOMAXPROCS is procs and the garbage collector is off, for the whole process.
//
// It fails if something else is tracing, and with experiment.ErrUnmet in a program that
// was built with the race detector, which makes the runtime choose at random.
func (w Workload) Record(procs int) ([]byte, error) {
	if child.RaceEnabled {
		return nil, experiment.Unmet("the race detector is on, and it makes the runtime put goroutines on the queue in random order")
	}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(procs))
	runtime.GC()
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	for range 64 { // nothing that is runnable by now still is afterwards
		runtime.Gosched()
	}
	var buf bytes.Buffer
	if err := trace.Start(&buf); err != nil {
		return nil, hint.With(fmt.Errorf("record %s: %w", w.Name, err), "only one trace can be taken at a time")
	}
	w.run(w.Size)
	trace.Stop()
	return buf.Bytes(), nil
}
