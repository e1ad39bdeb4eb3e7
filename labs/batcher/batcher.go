// Package batcher asks: how long may the first wait for the others?
//
// Gather items and send them on together: when there are enough, when the first has waited
// long enough, or when no more come. Read batcher.go (what is given), then write Run in
// answer.go until the tests in batcher_test.go pass.
package batcher

import (
	"context"
	"time"
)

// Limits say when a batch goes. All are more than 0.
type Limits struct {
	Size int           // so many items are enough
	Wait time.Duration // so long the oldest item of a batch waits at most
	Idle time.Duration // less than Wait: when nothing has come for so long, nothing more is waited for
}

// Send delivers one batch, takes its time for that, and may keep the slice for ever.
type Send func(batch []int)

// Runner is what Run must be. It receives items from in and sends them on:
//
//  1. Every item that Run has received is handed to send once, in the order in which they were
//     received. A batch is never empty, and never has more than Size items.
//  2. A batch is sent at the moment at which the first of these is so: it has Size items; its
//     oldest item was received Wait ago; its newest item was received Idle ago.
//  3. A batch belongs to send: Run never touches a slice again that it has handed over, nor the
//     memory behind its end, as far as its capacity goes.
//  4. While send works, Run receives nothing and calls no other send. Whoever produces too
//     fast waits at in.
//  5. When in is closed, what is left is sent at once, and Run returns nil.
//  6. When ctx ends, Run receives nothing more, sends at once what it has received (a send that
//     is at work, it waits for first) and returns context.Cause(ctx). If ctx has ended before the
//     call, nothing is received. If in is closed as well, either result is right.
//  7. When Run has returned, no send is at work and no goroutine that Run started is left.
//     Whoever waits takes no processor.
//
// Run may be called many times, also at the same time.
type Runner func(ctx context.Context, in <-chan int, l Limits, send Send) error

var _ Runner = Run
