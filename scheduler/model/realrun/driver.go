package realrun

import (
	"fmt"
	"os"
	"runtime"
	"runtime/metrics"
	"sync/atomic"
	"syscall"
	"time"

	"lab.example/gopark/scheduler/model"
)

// driver runs one program after the other in a process with one P. While a program
// runs, the driver must not be runnable: it would take somebody's place in a queue. It
// has two ways to wait until nothing can run any more.
//
// The quick one: it waits in the network poller for a pipe that can be read already.
// Nobody looks at the poller while there is work (findRunnable looks at the queues
// first), except sysmon, when the last look is 10 ms ago. A blocking look, which is made
// when the process idles, counts: so the driver idles from time to time, and a run that
// lasted beyond 9 ms after that does not count.
//
// The other: it sleeps for longer than the run takes. A timer that is not due has no
// influence on the queues. A run that was not over when the timer fired does not count.
//
// Either way, a run that goes on after the driver woke does not count.
type driver struct {
	book       *book
	eye        *eye    // nil: the runtime's state cannot be read
	locks      stateOf // of mutexes
	read       *os.File
	write      *os.File
	raw        syscall.RawConn
	looked     time.Time // a moment before the last blocking look at the poller
	spare      int       // dead goroutines that the runtime keeps, at least
	leaked     int       // goroutines of earlier runs that are blocked for ever
	collected  uint64    // bytes allocated until the last collection of garbage
	allocation [1]metrics.Sample
	cycles     [1]metrics.Sample
}

const (
	// quiet is how long after a look of its own at the poller sysmon certainly does not
	// look. The runtime's figure is 10 ms.
	quiet = 9 * time.Millisecond

	// sysmonLooks is longer than sysmon ever sleeps while a timer runs.
	sysmonLooks = 15 * time.Millisecond

	attempts   = 6        // at one program, until a run counts
	spareMin   = 1 << 10  // dead goroutines in store, before a run
	garbageMax = 64 << 20 // bytes, until they are collected
	leakedMax  = 60_000   // goroutines blocked for ever, until the process is given up
	threadCost = 100      // goroutines, of one that may hold a thread
)

// newDriver returns a driver that reads the runtime's state if there is an eye.
func newDriver(e *eye) (*driver, error) {
	d := &driver{book: newBook(e != nil), eye: e, locks: findState()}
	d.allocation[0].Name = "/gc/heap/allocs:bytes"
	d.cycles[0].Name = "/gc/cycles/total:gc-cycles"
	var err error
	if d.read, d.write, err = os.Pipe(); err != nil {
		return nil, fmt.Errorf("make pipe: %w", err)
	}
	if d.raw, err = d.read.SyscallConn(); err != nil {
		return nil, fmt.Errorf("make pipe: %w", err)
	}
	return d, nil
}

// run executes a program until a run counts, or attempts are used up.
func (d *driver) run(r Request) Run {
	l, err := layOut(r.Program)
	if err != nil {
		return Run{Status: err.Error(), Tick0: r.Tick0 % period, Why: Unsupported}
	}
	var run Run
	var doubts []string
	var rest time.Duration // how long to sleep; 0 is the quick way
	for range attempts {
		w := newWorld(r.Program, l, d.book)
		w.eye, w.locks = d.eye, d.locks
		d.tidy()
		cycles := d.gcCycles()
		alone := d.once(w, r.Tick0, rest)
		run = Run{
			Goroutines: int(w.last) + 1, Status: w.status(), Tick0: r.Tick0 % period,
			Why: w.why(r.Program, alone), Doubts: doubts,
			Elapsed: time.Duration(w.lastMoment() - w.ready),
		}
		if run.Why == "" && d.gcCycles() != cycles {
			run.Why = Collected
		}
		d.leaked += run.Goroutines - w.ended
		if l.threads {
			d.leaked += threadCost * (run.Goroutines - w.ended)
		}
		d.spare -= run.Goroutines - w.ended
		if run.Why == "" {
			run.Valid, run.Order, run.States = true, w.order(), w.states()
			return run
		}
		w.settle()
		if w.full {
			run.Why, run.Status = TooLong, TooLong
			return run
		}
		if took := time.Duration(w.lastMoment() - w.ready); run.Why == DriverWoke && took > quiet/2 {
			rest = max(4*took, 4*rest, 20*time.Millisecond)
		}
		doubts = append(doubts, run.Why)
		d.fill(run.Goroutines)
	}
	return run
}

// why returns why the run does not count, or "". The driver was certainly not runnable
// until the moment alone, in ns since w.base.
func (w *world) why(p *model.Program, alone int64) string {
	switch {
	case w.full:
		return TooLong
	case !w.aligned:
		return NotAligned
	case w.goesOn, w.lastMoment() >= alone:
		return DriverWoke
	}
	return w.doubt(p)
}

// once runs w and returns, in ns since w.base, until when the driver was certainly not
// runnable.
func (d *driver) once(w *world, tick0 uint32, rest time.Duration) (until int64) {
	w.base = time.Now()
	if rest > 0 {
		runtime.Gosched() // a new time slice
		go w.root(tick0, nil)
		w.parked = true
		before := w.now()
		time.Sleep(rest)
		w.woke()
		return before + int64(rest)
	}
	runtime.Gosched()
	go w.root(tick0, d.wake)
	// Not d.read.Read: a system call may lose the P.
	_ = d.raw.Read(func(uintptr) bool {
		again := w.parked
		w.parked = true
		return again
	})
	w.woke()
	var b [1]byte
	_, _ = d.read.Read(b[:])
	return int64(d.looked.Add(quiet).Sub(w.base))
}

// wake makes the driver's pipe readable. It may be called only when the driver waits
// for that: before, the poller would forget it.
func (d *driver) wake() { _, _ = d.write.Write([]byte{0}) }

// woke gives everybody who can run the opportunity, and notes whether somebody did.
func (w *world) woke() {
	before := w.progress()
	runtime.Gosched()
	runtime.Gosched()
	w.goesOn = w.progress() != before
}

// progress changes whenever a goroutine does something.
func (w *world) progress() int { return w.n + w.turns + w.ended + w.started }

// root aligns the tick and runs the program.
func (w *world) root(tick0 uint32, wake func()) {
	runtime.Gosched() // if the driver was stopped on its way to wait, it gets there now
	if wake != nil {
		wake()
	}
	w.ready = w.now()
	w.aligned = align(tick0) && w.parked
	if w.eye != nil {
		w.began = w.eye.look()
		w.aligned = w.aligned && w.began.clean(tick0)
		w.began.next = w.eye.me()
		w.slice = slice{tick: w.began.tick, began: w.ready, last: w.ready}
	}
	w.goroutine(0, w.entries[0])
}

// period is how often a P looks at the global queue before its own: schedule looks when
// schedtick is a multiple of it.
const period = 61

// align returns with schedtick equal to tick modulo period, in a new time slice and
// with nothing else to run. It reports false if something else was running.
//
// It knows the tick without reading it. Of 62 new goroutines 61 are in the ring of the
// P, each worth a tick, and one is in runnext, worth none. The caller, in the global
// queue, runs before the last of them only if it is found by the periodical look, and
// then its own tick is 1 modulo 61.
func align(tick uint32) bool {
	ran := 0
	count := func() { ran++ }
	for range period + 1 {
		go count()
	}
	runtime.Gosched()
	left := period + 1 - ran
	if left == 0 {
		return false
	}
	ticks := uint32(1 + left)
	if ran == 0 {
		ticks-- // the one in runnext is left, too
	}
	for ran <= period {
		runtime.Gosched()
		ticks++
	}
	for ticks%period != tick%period {
		runtime.Gosched()
		ticks++
	}
	return true
}

// tidy collects garbage, has dead goroutines in store, and idles.
func (d *driver) tidy() {
	metrics.Read(d.allocation[:])
	allocated := d.allocation[0].Value.Uint64()
	if allocated-d.collected > garbageMax {
		runtime.GC()
		d.collected = allocated
		// When the sweep is done, sysmon wakes the scavenger, the next time it looks, 10 ms
		// later at most (sweepone, scavengerState.ready). It must not be in a run that it
		// does.
		time.Sleep(sysmonLooks)
		time.Sleep(sysmonLooks)
		d.looked = time.Time{}
	}
	if d.spare < spareMin {
		d.fill(2 * spareMin)
	}
	if time.Since(d.looked) > quiet*2/3 {
		d.looked = time.Now()
		time.Sleep(time.Millisecond)
	}
}

// fill leaves n dead goroutines in the runtime's store: to make one takes a while, and
// the memory of many takes page faults.
func (d *driver) fill(n int) {
	if d.spare >= n {
		return
	}
	gate := make(chan struct{})
	var waiting, gone atomic.Int32
	for range n {
		go func() {
			waiting.Add(1)
			<-gate
			gone.Add(1)
		}()
	}
	for int(waiting.Load()) < n {
		runtime.Gosched()
	}
	close(gate)
	for int(gone.Load()) < n {
		runtime.Gosched()
	}
	d.spare = n
	d.looked = time.Time{} // idle before the next run
}

// settle returns when a run that was not over before the driver woke is over.
func (w *world) settle() {
	for before := -1; before != w.progress(); {
		before = w.progress()
		time.Sleep(5 * time.Millisecond)
	}
}

func (d *driver) gcCycles() uint64 {
	metrics.Read(d.cycles[:])
	return d.cycles[0].Value.Uint64()
}

func (w *world) order() []model.Event {
	order := make([]model.Event, w.n)
	for i := range order {
		order[i] = w.book.log[i].Event
	}
	return order
}

func (w *world) lastMoment() int64 {
	if w.n == 0 {
		return w.ready
	}
	return w.book.log[w.n-1].at
}
