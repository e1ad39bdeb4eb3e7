// Command programs is many programs, each of which ends in another way: the argument says
// which one to be.
package main

import (
	"flag"
	"fmt"
	"log"
	"os"
	"runtime"
	"runtime/debug"
	"sync"
	"syscall"
	"time"
)

type config struct {
	_    [40]byte
	name string
}

type worker interface{ work() }

var programs = map[string]func(){
	"returns":               func() {},
	"exits with 256":        func() { os.Exit(256) },
	"exits with 7":          func() { os.Exit(7) },
	"log.Fatal":             func() { log.Fatal("no configuration") },
	"exits with 2":          func() { fmt.Fprintln(os.Stderr, "nothing to do"); os.Exit(2) },
	"flag":                  func() { flag.CommandLine.Parse([]string{"-nosuch"}) },
	"index":                 func() { fmt.Println(os.Args[len(os.Args)]) },
	"goroutine":             func() { go fails(); forever() },
	"closed channel":        func() { c := make(chan int); close(c); close(c) },
	"nil map":               func() { var m map[string]int; m["a"]++ },
	"nil pointer":           func() { fmt.Println(find().name) },
	"nil function":          func() { var f func(); f() },
	"nil interface":         func() { var w worker; w.work() },
	"panic in defer":        func() { defer func() { panic("second") }(); panic("first") },
	"panic again":           func() { defer func() { panic(recover()) }(); panic("first") },
	"error value":           func() { panic(fmt.Errorf("wrapped: %w", os.ErrNotExist)) },
	"panic, crash":          func() { noCore(); debug.SetTraceback("crash"); panic("loud") },
	"deadlock, crash":       func() { noCore(); debug.SetTraceback("crash"); select {} },
	"deadlock":              deadlock,
	"Goexit":                func() { runtime.Goexit() },
	"recursion":             func() { debug.SetMaxStack(1 << 20); deeper(0) },
	"unlock":                func() { new(sync.RWMutex).Unlock() },
	"map":                   func() { writers() },
	"SIGKILL":               func() { kill(syscall.SIGKILL) },
	"SIGTERM":               func() { kill(syscall.SIGTERM) },
	"SIGQUIT":               func() { kill(syscall.SIGQUIT) },
	"says that it panicked": func() { fmt.Fprintln(os.Stderr, "panic: it says"); os.Exit(3) },
}

func main() {
	log.SetFlags(0)
	programs[os.Args[1]]()
}

func fails() { panic("in a goroutine") }

func find() *config { return nil }

func deeper(n int) int { return deeper(n+1) + 1 }

// forever never returns. It has a timer, so that it does not count as a deadlock.
func forever() { time.Sleep(time.Hour) }

func deadlock() {
	c := make(chan int)
	go func() { c <- 1 }()
	<-c
	<-c
}

// writers writes to one map from many goroutines until the runtime notices.
func writers() {
	runtime.GOMAXPROCS(4)
	m := make(map[int]int)
	for range 8 {
		go func() {
			for i := 0; ; i++ {
				m[i%8] = i
			}
		}()
	}
	forever()
}

func noCore() { _ = syscall.Setrlimit(syscall.RLIMIT_CORE, &syscall.Rlimit{}) }

// kill sends this process a signal, which ends it sooner or later.
func kill(s syscall.Signal) {
	_ = syscall.Kill(os.Getpid(), s)
	forever()
}
