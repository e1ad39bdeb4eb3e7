// Package inflight asks: how does order survive when several are under way and some must be
// sent again?
//
// Send values over a network that loses requests and answers, several at a time, so that
// each is applied once and all in their order. Read inflight.go (what is given), then write
// Send and NewReceiver in answer.go until the tests in inflight_test.go and z_kafka_test.go
// pass.
package inflight

import (
	"context"
	"errors"
)

// Packet is a value with its number.
type Packet struct {
	Seq   int // 0, 1, 2, ...
	Value string
}

// Post brings a packet to the receiver and returns what that says of it, nil or ErrGap. Any
// other error says only that no answer came: the packet may have arrived or not, or may
// still arrive. It takes its time, and packets may overtake each other.
type Post func(ctx context.Context, p Packet) error

// ErrGap is a receiver's answer to a packet that comes too early.
var ErrGap = errors.New("a packet before this one is missing")

// Sender is what Send must be. It brings values to a receiver:
//
//  1. values[i] is posted as the packet with the number i, and under no other number, however
//     often.
//  2. A packet is under way from its first post to the one that returned nil. At most window
//     packets are under way at the same time, and each is posted by one post at a time. As
//     long as there are values left, there are exactly window under way: packets begin in the
//     order of their numbers, as soon as there is room.
//  3. When post returns an error, whichever, the same packet is posted again, at once, as often as
//     it takes. That does not hold up the others.
//  4. post is handed ctx, or a context derived from it that does not end before it.
//  5. When ctx has ended, nothing is posted any more. Send waits until every post has returned. The
//     result is nil if the receiver has said nil for every packet, and else context.Cause(ctx).
//     It never returns another error, and leaves no goroutine.
//
// window is 1 or more. Send may be called many times, also at the same time.
type Sender func(ctx context.Context, values []string, window int, post Post) error

// Receiver is what NewReceiver returns. Receive may be called by any number of goroutines
// at the same time, with packets from a single sender:
//
//  1. apply is called for each packet once, in the order of the numbers from 0 on, and never by two at
//     the same time.
//  2. Receive of the next packet applies it and returns nil.
//  3. Receive of one that has been applied changes nothing and returns nil. If another
//     call is just applying it, that is waited for.
//  4. Receive of one that comes too early changes nothing, keeps nothing and returns ErrGap.
//
// Receive starts nothing that goes on when it has returned.
type Receiver interface {
	Receive(p Packet) error
}

var (
	_ Sender                            = Send
	_ func(apply func(string)) Receiver = NewReceiver
)
