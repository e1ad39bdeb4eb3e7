package price

import (
	"context"
	"sync"
	"sync/atomic"

	"lab.example/gopark/ctxdemo/interrupt"
)

// operation is something that has a price.
type operation struct {
	what string // the group that it is compared with
	name string
	in   func(*observed) *float64 // where its price is kept

	// make returns a function that carries it out n times.
	make func() (repeat func(n int), end func())
}

// operations are all of them. Each group begins with what cannot be interrupted.
var operations = []operation{
	{"look", "atomic.Uintptr.Load", func(o *observed) *float64 { return &o.Load }, load},
	{"look", "Handle.IsInterrupted", func(o *observed) *float64 { return &o.IsInterrupted }, isInterrupted},
	{"look", "Handle.Check", func(o *observed) *float64 { return &o.Check }, checkHandle},
	{"look", "ctx.Err", func(o *observed) *float64 { return &o.Err }, ctxErr},
	{"look", "select on ctx.Done()", func(o *observed) *float64 { return &o.Select }, selectDone},

	{"lock and unlock", "sync.Mutex", func(o *observed) *float64 { return &o.Mutex }, syncMutex},
	{"lock and unlock", "Mutex.LockInterruptibly", func(o *observed) *float64 { return &o.Interruptibly }, interruptibly},
	{"lock and unlock", "channel", func(o *observed) *float64 { return &o.Channel }, channel},
	{"lock and unlock", "channel, select on ctx.Done()", func(o *observed) *float64 { return &o.ChannelSelect }, channelSelect},

	{"send and receive", "channel", func(o *observed) *float64 { return &o.Plain }, plain},
	{"send and receive", "Send and Recv", func(o *observed) *float64 { return &o.Recv }, sendRecv},
	{"send and receive", "select on ctx.Done()", func(o *observed) *float64 { return &o.RecvSelect }, sendRecvSelect},

	{"stop and begin again", "Interrupt and Check", func(o *observed) *float64 { return &o.Interrupt }, interruptCheck},
	{"stop and begin again", "cancel and a new context", func(o *observed) *float64 { return &o.Cancel }, cancelNew},
}

func nothing() {}

var seenSet int // what was looked at must be used

func load() (func(int), func()) {
	var word atomic.Uintptr
	return func(n int) {
		for range n {
			if word.Load() != 0 {
				seenSet++
			}
		}
	}, nothing
}

func isInterrupted() (func(int), func()) {
	h := interrupt.New("looks")
	return func(n int) {
		for range n {
			if h.IsInterrupted() {
				seenSet++
			}
		}
	}, nothing
}

func checkHandle() (func(int), func()) {
	h := interrupt.New("looks")
	return func(n int) {
		for range n {
			if h.Check("look") != nil {
				seenSet++
			}
		}
	}, nothing
}

func ctxErr() (func(int), func()) {
	ctx, cancel := context.WithCancel(context.Background())
	return func(n int) {
		for range n {
			if ctx.Err() != nil {
				seenSet++
			}
		}
	}, cancel
}

func selectDone() (func(int), func()) {
	ctx, cancel := context.WithCancel(context.Background())
	return func(n int) {
		for range n {
			select {
			case <-ctx.Done():
				seenSet++
			default:
			}
		}
	}, cancel
}

func syncMutex() (func(int), func()) {
	var m sync.Mutex
	guarded := 0
	return func(n int) {
		for range n {
			m.Lock()
			guarded++
			m.Unlock()
		}
	}, nothing
}

func interruptibly() (func(int), func()) {
	var m interrupt.Mutex
	h := interrupt.New("locks")
	guarded := 0
	return func(n int) {
		for range n {
			if m.LockInterruptibly(h) == nil {
				guarded++
				m.Unlock()
			}
		}
	}, nothing
}

func channel() (func(int), func()) {
	lock := make(chan struct{}, 1)
	guarded := 0
	return func(n int) {
		for range n {
			lock <- struct{}{}
			guarded++
			<-lock
		}
	}, nothing
}

func channelSelect() (func(int), func()) {
	lock := make(chan struct{}, 1)
	ctx, cancel := context.WithCancel(context.Background())
	guarded := 0
	return func(n int) {
		for range n {
			select {
			case lock <- struct{}{}:
				guarded++
				<-lock
			case <-ctx.Done():
			}
		}
	}, cancel
}

func plain() (func(int), func()) {
	ch := make(chan int, 1)
	return func(n int) {
		for i := range n {
			ch <- i
			<-ch
		}
	}, nothing
}

func sendRecv() (func(int), func()) {
	ch := make(chan int, 1)
	h := interrupt.New("transfers")
	return func(n int) {
		for i := range n {
			if interrupt.Send(h, ch, i) == nil {
				_, _, _ = interrupt.Recv(h, ch)
			}
		}
	}, nothing
}

func sendRecvSelect() (func(int), func()) {
	ch := make(chan int, 1)
	ctx, cancel := context.WithCancel(context.Background())
	return func(n int) {
		for i := range n {
			select {
			case ch <- i:
			case <-ctx.Done():
			}
			select {
			case <-ch:
			case <-ctx.Done():
			}
		}
	}, cancel
}

func interruptCheck() (func(int), func()) {
	h := interrupt.New("again")
	return func(n int) {
		for range n {
			h.Interrupt()
			if h.Check("work") == nil {
				seenSet++
			}
		}
	}, nothing
}

func cancelNew() (func(int), func()) {
	ctx, cancel := context.WithCancel(context.Background())
	return func(n int) {
		for range n {
			cancel()
			if ctx.Err() == nil {
				seenSet++
			}
			ctx, cancel = context.WithCancel(context.Background())
			_ = ctx.Done() // as everybody who waits for it does
		}
	}, func() { cancel() }
}
