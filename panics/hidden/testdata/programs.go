// Command programs is many programs, each of which panics: the argument says which one to
// be. What a deferred function does then decides what anybody gets to know.
package main

import (
	"fmt"
	"log"
	"os"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// programs holds one function for each case, which is the whole of its main.
var programs = map[string]func(){
	"nothing deferred":                 func() { panic("aaa") },
	"os.Exit(0)":                       exitsZero,
	"log.Fatal":                        logs,
	"runtime.Goexit, in a goroutine":   func() { inGoroutine(func() { runtime.Goexit() }) },
	"recover":                          func() { inGoroutine(func() { _ = recover() }) },
	"recover, and panic again":         panicsAgain,
	"closes stderr":                    closesStderr,
	"10 yields, and main returns":      func() { yields(10) },
	"10,000 yields, and main returns":  func() { yields(10_000) },
	"yields, and main returns":         func() { n, _ := strconv.Atoi(os.Args[2]); yields(n) },
	"waits for ever, and main returns": func() { waits(func() {}) },
	"waits for ever, and main exits":   func() { waits(func() { os.Exit(0) }) },
	"waits for ever, and main waits":   func() { waits(func() { <-make(chan int) }) },
	"waits for ever, and main works":   func() { waits(works) },
}

func main() {
	log.SetFlags(0)
	programs[os.Args[1]]()
}

// exitsZero wants to leave in good order, whatever happens.
func exitsZero() {
	defer os.Exit(0)
	panic("aaa")
}

// logs wants its end to be in the log.
func logs() {
	defer log.Fatal("bye")
	panic("aaa")
}

func closesStderr() {
	defer syscall.Close(2)
	panic("aaa")
}

// inGoroutine panics in a goroutine that has deferred f, which ends the panic, and returns
// when the goroutine has ended.
func inGoroutine(f func()) {
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		defer f()
		panic("aaa")
	}()
	<-ended
}

// panicsAgain has the last word in its goroutine. main must not end: it would be a race
// between the message of the panic and the end of the process.
func panicsAgain() {
	go func() {
		defer func() { panic(recover()) }()
		panic("aaa")
	}()
	<-make(chan int)
}

// yields panics in a goroutine whose deferred function gives way n times. Meanwhile main
// returns. With one P, they take turns.
func yields(n int) {
	runtime.GOMAXPROCS(1)
	deferred := make(chan struct{})
	go func() {
		defer func() {
			close(deferred)
			for range n {
				runtime.Gosched()
			}
		}()
		panic("aaa")
	}()
	<-deferred
}

// waits panics in a goroutine whose deferred function never returns: it wants a lock that
// is held, or a channel that nobody reads. Meanwhile main does the rest.
func waits(rest func()) {
	deferred := make(chan struct{})
	go func() {
		defer func() {
			close(deferred)
			<-make(chan int)
		}()
		panic("the reason")
	}()
	<-deferred
	rest()
}

// works has something to do from time to time. It says so once the other one waits.
func works() {
	for !strings.Contains(stacks(), "[chan receive]:\nmain.waits.func1.1(") {
		runtime.Gosched()
	}
	fmt.Fprintln(os.NewFile(3, "report"), "at work")
	for range time.Tick(time.Hour) {
	}
}

func stacks() string {
	dump := make([]byte, 1<<16)
	return string(dump[:runtime.Stack(dump, true)])
}
