package fatal

import (
	"runtime"
	"runtime/debug"
	"sync"
)

const outOfMemory = "runtime: out of memory"

// fatals cannot be rescued.
var fatals = []program{
	{name: "map-writes", what: "two goroutines write to a map", run: mapWrites, text: "concurrent map writes", absent: underRace},
	{name: "map-read", what: "one reads a map while another writes to it", run: mapRead, text: "concurrent map read and map write", absent: underRace},
	{name: "map-range", what: "one ranges over a map while another writes to it", run: mapRange, text: "concurrent map iteration and map write", absent: underRace},
	{name: "unlock", what: "Unlock of an unlocked Mutex", run: unlock, text: "sync: unlock of unlocked mutex"},
	{name: "rw-unlock", what: "Unlock of an unlocked RWMutex", run: rwUnlock, text: "sync: Unlock of unlocked RWMutex"},
	{name: "rw-runlock", what: "RUnlock of an unlocked RWMutex", run: rwRUnlock, text: "sync: RUnlock of unlocked RWMutex"},
	{name: "go-nil", what: "go of a nil function", run: goNil, text: "go of nil func value"},
	{name: "stack", what: "recursion without end", run: endless, text: "stack overflow"},
	{name: "memory", what: "more memory than there is", run: tooMuch, text: outOfMemory, absent: unlimited},
	{name: "threads", what: "more threads than debug.SetMaxThreads allows", run: tooMany, text: "thread exhaustion"},
	{name: "deadlock", what: "every goroutine waits for ever", run: deadlock, text: "all goroutines are asleep - deadlock!", absent: withC},
}

const entries = 1 << 15

// roomy makes a map that will not grow. While it grows there are more ways to break it, and
// some end in a panic.
func roomy() map[int]int { return make(map[int]int, entries) }

// disturb calls meanwhile again and again while another goroutine writes to m, for the
// longest part with one call of clear that lasts. Both are below a deferred recover.
func disturb(m map[int]int, meanwhile func()) {
	runtime.GOMAXPROCS(2) // with one P they would take turns between the calls, see the page
	go guard(func() {
		for {
			for i := range entries {
				m[i] = i
			}
			clear(m)
		}
	})
	for {
		meanwhile()
	}
}

func mapWrites() {
	m := roomy()
	disturb(m, func() { m[-1] = 1 })
}

func mapRead() {
	m := roomy()
	disturb(m, func() { _ = m[-1] })
}

func mapRange() {
	m := roomy()
	disturb(m, func() {
		for range m {
		}
	})
}

func unlock() {
	var mu sync.Mutex
	mu.Unlock()
}

func rwUnlock() {
	var mu sync.RWMutex
	mu.Unlock()
}

func rwRUnlock() {
	var mu sync.RWMutex
	mu.RUnlock()
}

func goNil() {
	var f func()
	go f()
}

func endless() {
	debug.SetMaxStack(1 << 20) // by default a goroutine may have 1 GB of stack
	runtime.KeepAlive(deepen(0))
}

// deepen never returns: its argument is never negative.
func deepen(n uint) uint {
	if n == ^uint(0) {
		return 0
	}
	return deepen(n+1) + 1
}

func tooMuch() {
	kept = make([]byte, plenty)
}

var (
	kept   []byte
	plenty = 1 << 36 // a variable, so that the compiler does not object
)

func tooMany() {
	debug.SetMaxThreads(20)
	var wg sync.WaitGroup
	block := make(chan struct{})
	for range 40 {
		wg.Go(func() {
			guard(func() {
				runtime.LockOSThread()
				<-block
			})
		})
	}
	wg.Wait()
}

func deadlock() { <-make(chan struct{}) }
