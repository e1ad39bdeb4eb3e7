package realrun

import (
	"bytes"
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"unsafe"
)

// eye reads the state of the scheduler where the runtime keeps it. It knows the one P of
// its process, on which whoever looks is running: nobody else changes what is read, or
// only while no run counts.
type eye struct {
	tick, head, tail *uint32
	next             *unsafe.Pointer // a *runtime.g
	global           *int32
	goID             uintptr // in runtime.g
	me               func() uint32
}

// sight is what an eye sees. IDs of goroutines are kept in four bytes.
type sight struct {
	tick   uint32 // schedtick
	ring   uint32 // how many wait in the ring of the P
	global uint32 // and in the global queue
	next   uint32 // the ID of the goroutine in runnext, or 0
}

func (e *eye) look() sight {
	s := sight{tick: *e.tick, ring: *e.tail - *e.head, global: uint32(*e.global)}
	if g := *e.next; g != nil {
		s.next = uint32(*(*uint64)(unsafe.Add(g, e.goID)))
	}
	return s
}

// clean reports whether a program may begin: at that tick modulo period, with nobody
// waiting.
func (s sight) clean(tick uint32) bool {
	return s == sight{tick: s.tick} && s.tick%period == tick%period
}

// open returns an eye for this process, which must have one P and nothing to do. It
// tries the chart out, and refuses it if what is read is not what must be there.
func (c *chart) open() (e *eye, err error) {
	defer careful(&err)()
	here := unsafe.Pointer(&anchor)
	sched, allp := unsafe.Add(here, c.Sched), *(*[]unsafe.Pointer)(unsafe.Add(here, c.Allp))
	if n := runtime.GOMAXPROCS(0); n != 1 || len(allp) != 1 {
		return nil, fmt.Errorf("there are %d Ps", max(n, len(allp)))
	}
	p := allp[0]
	const running = 1 // runtime._Prunning
	if status := *(*uint32)(unsafe.Add(p, c.Status)); status != running {
		return nil, fmt.Errorf("the P has status %d", status)
	}
	e = &eye{
		tick: (*uint32)(unsafe.Add(p, c.Tick)), goID: c.GoID,
		head: (*uint32)(unsafe.Add(p, c.RunqHead)), tail: (*uint32)(unsafe.Add(p, c.RunqTail)),
		next: (*unsafe.Pointer)(unsafe.Add(p, c.Next)), global: (*int32)(unsafe.Add(sched, c.Global)),
		me: func() uint32 {
			m := *(*unsafe.Pointer)(unsafe.Add(p, c.M))
			g := *(*unsafe.Pointer)(unsafe.Add(m, c.Curg))
			return uint32(*(*uint64)(unsafe.Add(g, c.GoID)))
		},
	}
	return e, e.try()
}

// careful makes an access to memory that is not there a panic. What it returns must be
// deferred: it makes that panic an error.
func careful(err *error) func() {
	before := debug.SetPanicOnFault(true)
	return func() {
		debug.SetPanicOnFault(before)
		if r := recover(); r != nil {
			*err = fmt.Errorf("a place is wrong: %v", r)
		}
	}
}

// try compares what is seen with what must be there while three goroutines are started
// and run.
func (e *eye) try() error {
	err := errors.New("there is always something else to run")
	for range attempts {
		runtime.Gosched() // a new time slice
		before := e.look()
		if before != (sight{tick: before.tick}) {
			continue
		}
		const n = 3
		var fault error
		ids, seen := make([]uint32, 0, n), make([]sight, 0, n+2)
		for range n {
			go func() {
				defer careful(&fault)()
				ids = append(ids, goroutineID())
				seen = append(seen, e.look())
			}()
		}
		between := e.look()
		runtime.Gosched()
		if len(ids) < n {
			continue // the poll of the global queue came before them
		}
		if fault != nil {
			return fault
		}
		seen = append(seen, between, e.look())
		// The last one that was started waits in runnext, runs first and takes no tick. While
		// they run, this one waits in the global queue.
		t := before.tick
		want := []sight{{t, 2, 1, 0}, {t + 1, 1, 1, 0}, {t + 2, 0, 1, 0}, {t, 2, 0, ids[0]}, {t + 3, 0, 0, 0}}
		if !slices.Equal(seen, want) {
			err = fmt.Errorf("three new goroutines are seen as %+v and not as %+v", seen, want)
			continue
		}
		if seen, id := e.me(), goroutineID(); seen != id {
			return fmt.Errorf("goroutine %d is seen as %d", id, seen)
		}
		return nil
	}
	return err
}

// goroutineID is the number of the calling goroutine, as its stack trace has it.
func goroutineID() uint32 {
	var b [64]byte
	fields := bytes.Fields(b[:runtime.Stack(b[:], false)])
	id, err := strconv.ParseUint(string(fields[1]), 10, 32)
	if err != nil {
		panic(err)
	}
	return uint32(id)
}
