// Package exitcodes asks: which exit status does a dying program leave behind?
//
// Predict how eight programs end, as a shell would tell it. Read the programs below and
// write what you think into answer.go. Then the tests in exitcodes_test.go run them, each as
// a process of its own, and compare.
package exitcodes

import (
	"os"
	"runtime"
	"sync"
	"syscall"
	"time"
)

// Each of these is the main function of a program. What is asked is the number that a shell
// shows for it (echo $?): the exit status, or 128+n if signal number n has ended the process.

// Returns returns while another goroutine is still at work, which would end in a panic.
func Returns() {
	work := make(chan struct{})
	go func() {
		<-work
		panic("the work went wrong")
	}()
}

// Panics panics, and nobody recovers.
func Panics() {
	panic("out of luck")
}

// Elsewhere has a goroutine panic. The main goroutine has deferred a recover and waits.
func Elsewhere() {
	defer func() { recover() }()
	go func() { panic("out of luck") }()
	select {}
}

// Unlocks unlocks a mutex that is not locked, and recovers.
func Unlocks() {
	defer func() { recover() }()
	var mu sync.Mutex
	mu.Unlock()
}

// Goexits ends the main goroutine. There is no other.
func Goexits() {
	runtime.Goexit()
}

// Exits asks for the status 256, and has deferred a function that asks for 1.
func Exits() {
	defer os.Exit(1)
	os.Exit(256)
}

// LastWord panics, and has deferred a function that asks for the status 3.
func LastWord() {
	defer os.Exit(3)
	panic("out of luck")
}

// Killed is sent SIGTERM, number 15, for which it has no handler. It has deferred a function
// that asks for 1.
func Killed() {
	defer os.Exit(1)
	syscall.Kill(os.Getpid(), syscall.SIGTERM)
	time.Sleep(time.Hour) // it will not take that long
}

// Prediction is what you think: of each program the number that a shell shows, 0 to 255. -1
// means that you have not thought about it yet. So does a field that answer.go leaves out: to
// predict a 0, write it.
type Prediction struct {
	Returns, Panics, Elsewhere, Unlocks, Goexits, Exits, LastWord, Killed int
}

// Predictor is what Predict must be. It says what you think, and runs nothing: answer.go uses
// none of the programs, of package syscall nothing but the names of signals, and does not
// import os, os/exec or golang.org/x/sys/unix.
type Predictor func() Prediction

var _ Predictor = Predict
