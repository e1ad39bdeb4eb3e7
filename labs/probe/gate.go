package probe

import (
	"context"
	"sync/atomic"
)

// A Gate is a door in the judge's own code, at which goroutines of the answer wait until
// the judge opens it. The zero Gate is ready for use, and shut:
//
//	probe.Bubble(t, func(t *testing.T) {
//		var g probe.Gate
//		go Run(func() { g.Wait() })
//		synctest.Wait() // everybody has come as far as it can
//		... g.Arrived() says how many stand at the door
//		g.Open()
//	})
//
// A Gate that is first used in a bubble belongs to that bubble, and standing at it counts
// as waiting there. If it is never opened, those at the door are found by Bubble.
//
// For the race detector, what the judge did before Open happens before Wait returns, and
// what a goroutine did before it came happens before the Arrived that counts it. Two that
// wait are not put in an order, so that a Gate hides no race between them.
type Gate struct {
	door     atomic.Value // chan struct{}; a pointer to one would be memory that is raced for
	open     atomic.Bool
	arrived  atomic.Int64
	arrivals order
}

// Wait waits until the gate is open. If it is, Wait returns at once.
func (g *Gate) Wait() { <-g.arrive() }

// WaitOr is Wait that gives up when ctx ends. It returns nil if the gate is open, else
// the cause of ctx; if both, nil.
func (g *Gate) WaitOr(ctx context.Context) error {
	door := g.arrive()
	select {
	case <-door:
		return nil
	case <-ctx.Done():
	}
	select {
	case <-door:
		return nil
	default:
		return context.Cause(ctx)
	}
}

// Open lets everybody pass, from now on. Further calls do nothing.
func (g *Gate) Open() {
	door, first := g.channel(), false
	unseen(func() { first = g.open.CompareAndSwap(false, true) })
	if first {
		close(door)
	}
}

// Arrived returns how many have come to the gate since the beginning: those that wait,
// those that have passed and those that gave up.
func (g *Gate) Arrived() (n int) {
	unseen(func() { n = int(g.arrived.Load()) })
	g.arrivals.take()
	return n
}

func (g *Gate) arrive() <-chan struct{} {
	g.arrivals.give()
	unseen(func() { g.arrived.Add(1) })
	return g.channel()
}

// channel returns the door. It is made by the first who needs it, and not with the Gate:
// only a channel that was made in a bubble belongs to it.
func (g *Gate) channel() (door chan struct{}) {
	unseen(func() {
		if g.door.Load() == nil {
			g.door.CompareAndSwap(nil, make(chan struct{}))
		}
		door = g.door.Load().(chan struct{})
	})
	return door
}
