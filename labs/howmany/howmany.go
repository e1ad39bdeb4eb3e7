// Package howmany asks: how many, and which of them can happen?
//
// Some programs have one outcome, others a set of them. Predict six. Read the programs
// below and write what you think into answer.go. Then the tests in howmany_test.go run them,
// in every order that there is, and compare.
package howmany

import (
	"sync"
	"sync/atomic"
	"time"
)

// The comment above each program is the question. Where it asks "which", all that can happen
// is wanted, and nothing that cannot.

// Lost has two goroutines that each count two, without a lock, one step at a time: load, and
// store what was loaded plus one. Each access is atomic, so this is no data race. Which
// numbers can it return?
//
// step is called before every access by goroutine who, 0 or 1. It is how the tests drive the
// goroutines through all orders of these eight accesses.
func Lost(step func(who int)) int64 {
	var n atomic.Int64
	var wg sync.WaitGroup
	for who := range 2 {
		wg.Go(func() {
			for range 2 {
				step(who)
				seen := n.Load()
				step(who)
				n.Store(seen + 1)
			}
		})
	}
	wg.Wait()
	return n.Load()
}

// Choose has four cases to choose from, and nobody else to help. Which names can it return?
func Choose() string {
	var none chan int
	closed := make(chan int)
	close(closed)
	full := make(chan int, 1)
	full <- 1
	select {
	case <-none:
		return "nil"
	case <-closed:
		return "closed"
	case <-full:
		return "full"
	default:
		return "default"
	}
}

// Ask asks five, one after another, and waits a second for each answer, which takes two. How
// many goroutines are left of it a minute later?
//
// asked is told each channel. It is how the tests look who is left, and let them go.
func Ask(asked func(answer <-chan int)) (answers int) {
	for range 5 {
		answer := make(chan int)
		asked(answer)
		go func() {
			time.Sleep(2 * time.Second)
			answer <- 42
		}()
		select {
		case <-answer:
			answers++
		case <-time.After(time.Second):
		}
	}
	return answers
}

// Defer panics in its fourth round, of five. How often is deferred called?
func Defer(deferred func()) {
	defer func() { recover() }()
	for i := range 5 {
		if i == 3 {
			panic("enough")
		}
		defer deferred()
	}
}

// Drain closes a channel with two values in it, and three more places, and then goes through
// it. How many rounds does the loop have?
func Drain() (rounds int) {
	c := make(chan int, 5)
	c <- 1
	c <- 2
	close(c)
	for range c {
		rounds++
	}
	return rounds
}

// Once asks three times that something be done once. It panics, and each who asked recovers.
// How often is something called?
func Once(something func()) {
	var once sync.Once
	for range 3 {
		func() {
			defer func() { recover() }()
			once.Do(func() {
				something()
				panic("it went wrong")
			})
		}()
	}
}

// Prediction is what you think. -1, and nil, mean that you have not thought about it yet, and so
// does a field that answer.go leaves out. The elements of a set may be in any order; what stands
// there twice counts once.
type Prediction struct {
	Lost   []int64  // which numbers it can return
	Choose []string // which names it can return: some of "nil", "closed", "full", "default"
	Ask    int      // goroutines left
	Defer  int      // calls of deferred
	Drain  int      // rounds
	Once   int      // calls of something
}

// Predictor is what Predict must be. It says what you think, and runs nothing: answer.go uses
// none of the programs, of package syscall nothing but the names of signals, and does not
// import os, os/exec or golang.org/x/sys/unix.
type Predictor func() Prediction

var _ Predictor = Predict
