package priority

import (
	"crypto/sha256"
	"crypto/sha512"
	"errors"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sys/cpu"
	"golang.org/x/sys/unix"

	"lab.example/gopark/internal/experiment"
)

// others are goroutines that want a turn, again and again, and count those they get.
type others struct {
	turns []atomic.Int64
	over  atomic.Bool
	wg    sync.WaitGroup
}

// crowd starts n others.
func crowd(n int) *others {
	o := &others{turns: make([]atomic.Int64, n)}
	for i := range n {
		o.wg.Go(func() {
			for !o.over.Load() {
				o.turns[i].Add(1)
				runtime.Gosched()
			}
		})
	}
	return o
}

func (o *others) stop() {
	o.over.Store(true)
	o.wg.Wait()
}

// beside does the work, and returns how many turns each of the others had meanwhile,
// and how much processor time it took: unlike the time of day, that does not pass while
// the machine is busy with something else.
func (o *others) beside(work func()) (turns []int64, took time.Duration) {
	runtime.Gosched() // all have begun, and this is a new time slice
	start := used()
	for i := range o.turns {
		turns = append(turns, -o.turns[i].Load())
	}
	work()
	for i := range o.turns {
		turns[i] += o.turns[i].Load()
	}
	return turns, used() - start
}

// used returns the processor time of this process.
func used() time.Duration {
	var u unix.Rusage
	_ = unix.Getrusage(unix.RUSAGE_SELF, &u) // cannot fail with these arguments
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// loop computes for a fifth of a second.
func loop() { compute(hogging) }

// hogging is several time slices.
const hogging = 200 * time.Millisecond

// Both hash in one call. The first is given to assembly in pieces of 64 KiB, with a
// little Go in between, the second as a whole.
func sha256Of(b []byte) { sha256.Sum256(b) }
func sha512Of(b []byte) { sha512.Sum512(b) }

// sha512InAssembly says whether that is true of this processor. Others hash in Go.
var sha512InAssembly = cpu.X86.HasAVX2 && cpu.X86.HasBMI2 || cpu.ARM64.HasSHA512

// besideHash hashes more and more of a gigabyte, until one call takes several time slices.
// What is only mapped to be read is no memory that anybody asks for: all of it is one page
// of zeros, many times.
func (o *others) besideHash(hash func([]byte)) (turns []int64, took time.Duration, err error) {
	zeros, err := unix.Mmap(-1, 0, 1<<30, unix.PROT_READ, unix.MAP_PRIVATE|unix.MAP_ANON)
	if err != nil {
		return nil, 0, experiment.Unmet("a gigabyte cannot be mapped: %v", err)
	}
	defer func() { err = errors.Join(err, unix.Munmap(zeros)) }()
	for n := 32 << 20; n <= len(zeros); n *= 2 {
		turns, took = o.beside(func() { hash(zeros[:n]) })
		if took >= hogging/2 {
			return turns, took, nil
		}
	}
	return nil, 0, experiment.Unmet("a gigabyte is hashed in %v: too soon for sysmon to do anything about it", took)
}

const (
	holding = 30 * time.Millisecond  // what low computes while it has the mutex
	filling = 200 * time.Millisecond // what middle computes
)

// inversion is the classic: low has a mutex, high needs it, and middle, which has
// nothing to do with it, computes for a long time. It returns the order in which they
// were done, for how many nanoseconds high waited, and what can be drawn of it.
func inversion() (order []string, waited int64, f *film) {
	var mutex, noting sync.Mutex
	toHigh, toMiddle := make(chan struct{}), make(chan struct{})
	f = new(film)
	done := func(who int) {
		noting.Lock()
		defer noting.Unlock()
		order = append(order, names[who])
	}
	var wg sync.WaitGroup
	wg.Go(func() {
		mutex.Lock()
		f.runs(low)
		toHigh <- struct{}{}
		f.waits(low, "channel")
		toMiddle <- struct{}{}
		f.runs(low)
		f.compute(low, holding)
		mutex.Unlock()
		done(low)
		f.ends(low)
	})
	wg.Go(func() {
		<-toMiddle
		f.runs(middle)
		f.compute(middle, filling)
		done(middle)
		f.ends(middle)
	})
	wg.Go(func() {
		<-toHigh
		start := time.Now()
		f.waits(high, "mutex")
		mutex.Lock()
		waited = int64(time.Since(start))
		f.runs(high)
		done(high)
		mutex.Unlock()
		f.ends(high)
	})
	wg.Wait()
	return order, waited, f
}

// compute computes until this goroutine has been running for d. What the clock says is
// of no use for that while others run as well, so it leaves out the time between two
// readings that are too far apart to have been taken in one go.
func compute(d time.Duration) {
	for last, used := time.Now(), time.Duration(0); used < d; {
		now := time.Now()
		if took := now.Sub(last); took < away {
			used += took
		}
		last = now
	}
}

// away is the time between two readings of the clock that were not taken in one go.
const away = time.Millisecond
