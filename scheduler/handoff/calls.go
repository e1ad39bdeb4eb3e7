package handoff

import (
	"bytes"
	"errors"
	"fmt"
	"runtime"
	"runtime/metrics"
	"runtime/trace"
	"sync/atomic"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/timeline"
)

// pipe is a pipe whose reads are plain system calls: the runtime's poller does not know
// it. A read of a full pipe is a fast call, a read of an empty one blocks.
type pipe struct{ r, w int }

func newPipe() (pipe, error) {
	var fds [2]int
	if err := unix.Pipe(fds[:]); err != nil {
		return pipe{}, fmt.Errorf("make pipe: %w", err)
	}
	return pipe{fds[0], fds[1]}, nil
}

func (p pipe) close() {
	unix.Close(p.r)
	unix.Close(p.w)
}

// read takes one byte, and waits in the kernel until there is one.
func (p pipe) read() {
	var b [1]byte
	for {
		n, err := unix.Read(p.r, b[:])
		if n == 1 {
			return
		}
		if !errors.Is(err, unix.EINTR) {
			panic(fmt.Sprintf("read a byte: %d, %v", n, err)) // nobody else has this pipe
		}
	}
}

// write puts one byte into the pipe by a raw system call, which keeps the P however long
// it takes. An ordinary one will not do: the reader comes back while the writer is still
// in its call, and takes the P from there, without sysmon and without queueing.
func (p pipe) write() {
	b := [1]byte{1}
	if n, _, errno := unix.RawSyscall(unix.SYS_WRITE, uintptr(p.w), uintptr(unsafe.Pointer(&b)), 1); n != 1 {
		panic(fmt.Sprintf("write a byte: %d, %v", n, errno))
	}
}

// fast makes another goroutine ready, then makes n calls that do not block, and reports
// whether it kept the P all the time: whether the other one has not run.
func (p pipe) fast(n int) bool {
	runtime.Gosched() // begin a time slice
	var ran atomic.Bool
	done := make(chan struct{})
	go func() {
		ran.Store(true)
		close(done)
	}()
	for range n {
		p.write()
		p.read()
	}
	kept := !ran.Load()
	<-done
	return kept
}

// blocking makes another goroutine ready and reads from the empty pipe. Only the other
// one can end that call. It returns the time from the call to the other one's start.
func (p pipe) blocking() time.Duration {
	var started time.Duration
	done := make(chan struct{})
	called := time.Now()
	go func() {
		started = time.Since(called)
		p.write()
		close(done)
	}()
	p.read()
	<-done
	return started
}

// compute keeps the P for d, without calls.
func compute(d time.Duration) {
	for start := time.Now(); time.Since(start) < d; {
	}
}

// sleepInKernel blocks in a system call for d.
func sleepInKernel(d time.Duration) {
	tv := unix.NsecToTimeval(d.Nanoseconds())
	_, _ = unix.Select(0, nil, nil, nil, &tv) // EINTR: it was shorter
}

// oversleep returns the median time that sleeps of shortestLook take: what sysmon can
// hope for.
func oversleep() time.Duration {
	var slept []int64
	for range 21 {
		start := time.Now()
		sleepInKernel(shortestLook)
		slept = append(slept, int64(time.Since(start)))
	}
	return time.Duration(median(slept))
}

// returns traces a call that comes back while the P is idle, and one that comes back
// while the P runs somebody else. For each it returns the P with which the goroutine
// left its call: "" if it had none and had to queue.
func (p pipe) returns(r *experiment.Recorder) (idle, busy string, err error) {
	if idle, err = p.traced(r, func() { sleepInKernel(30 * time.Millisecond) }); err != nil {
		return "", "", err
	}
	busy, err = p.traced(r, func() {
		done := make(chan struct{})
		go func() {
			p.write()
			for calling() > 0 { // hold the P until the reader is back
			}
			close(done)
		}()
		p.read()
		<-done
	})
	return idle, busy, err
}

// calling returns how many goroutines are in a system call.
func calling() uint64 {
	sample := []metrics.Sample{{Name: "/sched/goroutines/not-in-go:goroutines"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}

// traced runs f, whose first system call is the one of interest, under a trace.
func (p pipe) traced(r *experiment.Recorder, f func()) (string, error) {
	var raw bytes.Buffer
	start := r.Since()
	if err := trace.Start(&raw); err != nil {
		return "", experiment.Unmet("start trace: %v", err)
	}
	f()
	trace.Stop()
	events, err := timeline.FromTrace(&raw, nil)
	if err != nil {
		return "", err
	}
	left, story, err := callOf(events)
	for _, e := range story {
		e.At += start
		r.Event(e)
	}
	return left, err
}

// callOf finds the first goroutine that enters a system call and is parted from its P
// there. It returns the P with which it left the call, and the events of that goroutine
// from the call until it runs again.
func callOf(events []timeline.Event) (left string, story []timeline.Event, err error) {
	for i, e := range events {
		if e.Subject.Kind != timeline.Goroutine || e.To != timeline.Syscall {
			continue
		}
		story = story[:0]
		for _, next := range events[i:] {
			if next.Subject != e.Subject {
				continue
			}
			story = append(story, next)
			if next.To != timeline.Running {
				continue
			}
			if out := story[1]; out.To == timeline.Runnable {
				return out.Attr("on"), story, nil
			}
			break // it kept its P: not this call
		}
	}
	return "", nil, experiment.Unmet("no call in the trace lost its P")
}
