// Package canceltree asks: how does one request stop, with all that it has started, and
// nothing else?
//
// Build a tree of goroutines in which every branch can be stopped by itself. Read
// canceltree.go (what is given), then write New in answer.go until the tests in
// canceltree_test.go pass.
package canceltree

import "context"

// Work is one piece of work. It ends soon after ctx; before that it may start others below
// itself. It does not panic.
type Work func(ctx context.Context)

// Tree is what New returns: goroutines with names, each of them below another one or at the
// top. A piece of work is *there* from Start until it has returned and nothing is there below
// it any more. Its methods may be called by any number of goroutines at the same time:
//
//  1. Start begins work in a goroutine of its own, below the one called parent, or at the
//     top if parent is "". It does not wait for it, and returns true.
//  2. work is handed a context that is derived from that of its parent, and at the top from
//     that which New was given: what those carry it sees, and when one of those ends its
//     own ends too, with the same cause.
//  3. Start returns false, and begins nothing, if name is "" or there already, if parent is
//     not there, or if the context of the parent has ended.
//  4. Cancel ends the context of the one called name, with cause as its cause, and so the
//     contexts of all that are below it, at any depth. No other context ends. It waits for
//     nobody: a piece of work may cancel itself. It returns true, or false if name is not
//     there; "" is not the name of anybody.
//  5. When a piece of work returns, what is below it goes on, and so does its context. It
//     ends when it is not there any more, and then its name is free.
//  6. Wait returns when nobody is there. Then no context is left that has not ended, and no
//     goroutine that the tree has started. While somebody is in Wait, only pieces of work
//     that are there call Start.
type Tree interface {
	Start(parent, name string, work Work) bool
	Cancel(name string, cause error) bool
	Wait()
}

var _ func(ctx context.Context) Tree = New
