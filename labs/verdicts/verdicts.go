// Package verdicts asks: what is the name of this bug?
//
// Seven small programs are broken, each in its own way. Read them below and write into
// answer.go which verdict the judge of these labs finds. Then the tests in verdicts_test.go
// have each of them judged, and compare.
package verdicts

import (
	"fmt"
	"os"
	"sync"
	"sync/atomic"
)

// Each program is a test that is run alone, in a bubble, in a process of its own: if it
// returns an error, the test fails with that message. Under the race detector it is run as
// well. The judge has these names:
//
//	pass      nothing is wrong
//	assert    it does something else than it should, and its test says so
//	race      unordered access to memory, which the race detector has seen
//	deadlock  every goroutine waits for another, the test as well
//	leak      the test is over, and goroutines are left
//	hang      it had not ended when its time was up
//	panic     a panic that nothing recovered
//	fatal     the runtime gave up
//	exit      the process ended before its tests had

// Waits asks somebody a question, and is asked one back.
func Waits() error {
	question, answer := make(chan string), make(chan string)
	go func() {
		<-question
		question <- "what do you mean?"
		answer <- "42"
	}()
	question <- "what is it?"
	if got := <-answer; got != "42" {
		return fmt.Errorf("the answer is %q", got)
	}
	return nil
}

// Leaves asks two, and takes the first answer. It does not care who it is from.
func Leaves() error {
	answers := make(chan string)
	for range 2 {
		go func() { answers <- "42" }()
	}
	if got := <-answers; got != "42" {
		return fmt.Errorf("the answer is %q", got)
	}
	return nil
}

// Loses has two goroutines count, and the one is held up until the other is through.
func Loses() error {
	var n atomic.Int64
	var wg sync.WaitGroup
	seen, through := make(chan struct{}), make(chan struct{})
	wg.Go(func() {
		was := n.Load()
		close(seen)
		<-through
		n.Store(was + 1)
	})
	wg.Go(func() {
		<-seen
		n.Store(n.Load() + 1)
		close(through)
	})
	wg.Wait()
	if n.Load() != 2 {
		return fmt.Errorf("two have counted, and the sum is %d", n.Load())
	}
	return nil
}

// Closes has a worker close a channel that is closed already. It recovers.
func Closes() error {
	defer func() { recover() }()
	var wg sync.WaitGroup
	done := make(chan struct{})
	close(done)
	wg.Go(func() { close(done) })
	wg.Wait()
	return nil
}

// Unlocks unlocks a mutex once too often. It recovers, too.
func Unlocks() error {
	defer func() { recover() }()
	var mu sync.Mutex
	n := 0
	mu.Lock()
	n++
	mu.Unlock()
	mu.Unlock()
	return fmt.Errorf("%d has unlocked twice", n)
}

// Writes has two goroutines write down when they were there. Both write the same value.
func Writes() error {
	var there bool
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() { there = true })
	}
	wg.Wait()
	if !there {
		return fmt.Errorf("nobody was there")
	}
	return nil
}

// Exits finds that all is well, and says so to whoever has started it.
func Exits() error {
	os.Exit(0)
	return fmt.Errorf("it goes on")
}

// Prediction is what you think: of each program the name of the verdict. "" means that you
// have not thought about it yet.
type Prediction struct {
	Waits, Leaves, Loses, Closes, Unlocks, Writes, Exits string
}

// Predictor is what Predict must be. It says what you think, and runs nothing: answer.go uses
// none of the programs, of package syscall nothing but the names of signals, and does not
// import os, os/exec or golang.org/x/sys/unix.
type Predictor func() Prediction

var _ Predictor = Predict
