// Package order asks: who runs first, and who next?
//
// Predict in which order goroutines run on one P. Read the programs below and write what
// you think into answer.go. Then the tests in order_test.go run them, and compare.
package order

import (
	"runtime"
	"sync"
)

// The language promises no order in any of these programs. What is asked is what the
// scheduler of Go 1.26 does with a single P (GOMAXPROCS is 1), on a quiet machine: nobody
// is preempted, no collection runs.
//
// Each program has its goroutines say a name once, when it is their turn, and returns when
// all have. The comment above it is the question.

// Spawn creates three goroutines in a row and then waits. In which order do "a", "b" and "c"
// run?
func Spawn(say func(name string)) {
	var wg sync.WaitGroup
	for _, name := range []string{"a", "b", "c"} {
		wg.Go(func() { say(name) })
	}
	wg.Wait()
}

// Yield creates two goroutines and calls runtime.Gosched before it goes on. When is it the
// turn of "main", and when of "a" and "b"?
func Yield(say func(name string)) {
	var wg sync.WaitGroup
	wg.Go(func() { say("a") })
	wg.Go(func() { say("b") })
	runtime.Gosched()
	say("main")
	wg.Wait()
}

// Nested creates "old", then "parent", and waits. The parent, once it runs, creates "child"
// and goes on. "old" has then been waiting for longer than anybody else.
func Nested(say func(name string)) {
	var wg sync.WaitGroup
	wg.Go(func() { say("old") })
	wg.Go(func() {
		wg.Go(func() { say("child") })
		say("parent")
	})
	wg.Wait()
}

// Handover has a receiver wait on an unbuffered channel, and sends to it. When is it the turn
// of "receiver", when of "sender", who goes on after the send, and when of "new", which the
// sender creates right after the send?
func Handover(say func(name string)) {
	var wg sync.WaitGroup
	values := make(chan int)
	wg.Go(func() {
		<-values
		say("receiver")
	})
	runtime.Gosched() // the receiver waits
	values <- 1
	wg.Go(func() { say("new") })
	say("sender")
	wg.Wait()
}

// Broadcast has "1", "2" and "3", in this order, wait for a channel, and closes it. In which
// order do they go on?
func Broadcast(say func(name string)) {
	var wg sync.WaitGroup
	closed := make(chan struct{})
	for _, name := range []string{"1", "2", "3"} {
		wg.Go(func() {
			<-closed
			say(name)
		})
		runtime.Gosched() // it waits
	}
	close(closed)
	wg.Wait()
}

// Released has "1", "2" and "3", in this order, wait for a sync.WaitGroup, and calls Done. In
// which order do they go on?
func Released(say func(name string)) {
	var wg, work sync.WaitGroup
	work.Add(1)
	for _, name := range []string{"1", "2", "3"} {
		wg.Go(func() {
			work.Wait()
			say(name)
		})
		runtime.Gosched() // it waits
	}
	work.Done()
	wg.Wait()
}

// Prediction is what you think: of each program the names, the first to run first. A name
// that a program says belongs into its list exactly once.
type Prediction struct {
	Spawn     []string // "a", "b", "c"
	Yield     []string // "a", "b", "main"
	Nested    []string // "old", "parent", "child"
	Handover  []string // "receiver", "sender", "new"
	Broadcast []string // "1", "2", "3"
	Released  []string // "1", "2", "3"
}

// Predictor is what Predict must be. It says what you think, and runs nothing: answer.go uses
// none of the programs, of package syscall nothing but the names of signals, and does not
// import os, os/exec or golang.org/x/sys/unix.
type Predictor func() Prediction

var _ Predictor = Predict
