package waits

import (
	"errors"
	"sync"
	"time"

	"lab.example/gopark/ctxdemo/interrupt"
)

type (
	handle = *interrupt.Handle
	op     = func(h *interrupt.Handle) error
)

// Each of these prepares an operation; see operation.prepare.

func sleep(d time.Duration) func() (op, func()) {
	return func() (op, func()) {
		return func(h handle) error { return h.Sleep(d) }, func() {}
	}
}

func join() (op, func()) {
	end := make(chan struct{})
	other := interrupt.Go("other", func(handle) error { <-end; return nil })
	return func(h handle) error { return h.Join(other) }, func() {
		close(end)
		<-other.Done()
	}
}

func joinEnded() (op, func()) {
	other := interrupt.Go("other", func(handle) error { return nil })
	return func(h handle) error { return h.JoinFor(other, time.Hour) }, func() { <-other.Done() }
}

func condWait() (op, func()) {
	var m interrupt.Mutex
	c := interrupt.NewCond(&m)
	return func(h handle) error {
		m.Lock()
		defer m.Unlock()
		return c.Wait(h)
	}, c.Broadcast
}

func condUninterruptibly() (op, func()) {
	var m interrupt.Mutex
	c := interrupt.NewCond(&m)
	return func(handle) error {
		m.Lock()
		defer m.Unlock()
		c.WaitUninterruptibly()
		return nil
	}, c.Broadcast
}

func syncCond() (op, func()) {
	c := sync.NewCond(new(sync.Mutex))
	return func(handle) error {
		c.L.Lock()
		defer c.L.Unlock()
		c.Wait()
		return nil
	}, c.Broadcast
}

func park() (op, func()) {
	return func(h handle) error { h.Park(); return nil }, func() {}
}

func parkFor() (op, func()) {
	return func(h handle) error { h.ParkFor(time.Hour); return nil }, func() {}
}

func recv() (op, func()) {
	ch := make(chan int, 1)
	return func(h handle) error {
		_, _, err := interrupt.Recv(h, ch)
		return err
	}, func() { ch <- 1 }
}

func sendBuffered() (op, func()) {
	ch := make(chan int, 1)
	ch <- 1
	return func(h handle) error { return interrupt.Send(h, ch, 2) }, func() { <-ch }
}

func send() (op, func()) {
	ch := make(chan int)
	return func(h handle) error { return interrupt.Send(h, ch, 1) }, func() {}
}

func selectDefault() (op, func()) {
	ch := make(chan int, 1)
	return func(handle) error {
		select {
		case <-ch:
		default:
		}
		return nil
	}, func() { ch <- 1 }
}

func receive() (op, func()) {
	ch := make(chan int, 1)
	return func(handle) error { <-ch; return nil }, func() { ch <- 1 }
}

func acquire() (op, func()) {
	s := interrupt.NewSemaphore(0)
	return s.Acquire, s.Release
}

func tryAcquire() (op, func()) {
	s := interrupt.NewSemaphore(0)
	return func(handle) error { return got(s.TryAcquire()) }, s.Release
}

func acquireUninterruptibly() (op, func()) {
	s := interrupt.NewSemaphore(0)
	return func(handle) error { s.AcquireUninterruptibly(); return nil }, s.Release
}

func latch() (op, func()) {
	l := interrupt.NewLatch(1)
	return l.Await, l.CountDown
}

func barrier() (op, func()) { return interrupt.NewBarrier(2).Await, func() {} }

func get() (op, func()) {
	f, complete := interrupt.NewPromise[int]()
	return func(h handle) error {
		_, err := f.Get(h)
		return err
	}, func() { complete(1, nil) }
}

func getUninterruptibly() (op, func()) {
	f, complete := interrupt.NewPromise[int]()
	return func(handle) error {
		_, err := f.GetUninterruptibly()
		return err
	}, func() { complete(1, nil) }
}

func lockInterruptibly() (op, func()) {
	m := held()
	return m.LockInterruptibly, m.Unlock
}

func tryLockFor() (op, func()) {
	m := held()
	return func(h handle) error {
		locked, err := m.TryLockFor(h, time.Hour)
		if err != nil {
			return err
		}
		return got(locked)
	}, m.Unlock
}

func tryLock() (op, func()) {
	m := held()
	return func(handle) error { return got(m.TryLock()) }, m.Unlock
}

func lock() (op, func()) {
	m := held()
	return func(handle) error { m.Lock(); return nil }, m.Unlock
}

func rlockInterruptibly() (op, func()) {
	m := new(interrupt.RWMutex)
	m.Lock()
	return m.RLockInterruptibly, m.Unlock
}

func syncLock() (op, func()) {
	m := new(sync.Mutex)
	m.Lock()
	return func(handle) error { m.Lock(); return nil }, m.Unlock
}

// held returns a mutex that somebody holds.
func held() *interrupt.Mutex {
	m := new(interrupt.Mutex)
	m.Lock()
	return m
}

var errNotThere = errors.New("not there")

// got is nil if somebody who does not wait got what was there.
func got(it bool) error {
	if !it {
		return errNotThere
	}
	return nil
}
