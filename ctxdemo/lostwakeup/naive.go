package lostwakeup

import (
	"slices"
	"sync"

	"lab.example/gopark/ctxdemo/interrupt"
)

// condition is what goroutines that hold m wait on.
type condition interface {
	Wait(h *interrupt.Handle) error
	Signal()
	Broadcast()
}

// naive is a condition of channels: each waiter has one, and a select.
type naive struct {
	m *interrupt.Mutex // of the user

	mu   sync.Mutex
	list []chan struct{} // those who wait, the first one first
}

func newNaive(m *interrupt.Mutex) condition { return &naive{m: m} }
func newCond(m *interrupt.Mutex) condition  { return interrupt.NewCond(m) }

// Wait waits for a signal or an interrupt. It looks right.
func (n *naive) Wait(h *interrupt.Handle) error {
	signalled := make(chan struct{}, 1)
	n.enter(signalled)
	n.m.Unlock()
	defer n.m.Lock()
	select {
	case <-signalled:
		return nil
	case <-h.C():
		n.leave(signalled)
		return h.Check("wait")
	}
}

func (n *naive) enter(signalled chan struct{}) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.list = append(n.list, signalled)
}

// leave takes a waiter off the list, if it is still there. The one in the library says
// whether it was.
func (n *naive) leave(signalled chan struct{}) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if i := slices.Index(n.list, signalled); i >= 0 {
		n.list = slices.Delete(n.list, i, i+1)
	}
}

// Signal wakes the first of the list.
func (n *naive) Signal() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.signal()
}

// Broadcast wakes all.
func (n *naive) Broadcast() {
	n.mu.Lock()
	defer n.mu.Unlock()
	for len(n.list) > 0 {
		n.signal()
	}
}

func (n *naive) signal() {
	if len(n.list) > 0 {
		n.list[0] <- struct{}{}
		n.list = n.list[1:]
	}
}
