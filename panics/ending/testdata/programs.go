// Command programs is many programs, each of which ends in another way: the argument says
// which one to be. Every deferred function that runs prints where it was deferred.
package main

import (
	"fmt"
	"log"
	"os"
	"os/exec"
	"runtime"
	"runtime/debug"
	"sync"
	"syscall"
	"time"
)

// programs holds one function for each case, which is the whole of its main.
var programs = map[string]func(){
	"return":                               func() { defer ran("main") },
	"return, and a goroutine lives":        returnEarly,
	"panic in main":                        func() { defer ran("main"); panic("aaa") },
	"panic in main, recovered":             func() { defer recovered("main"); panic("aaa") },
	"panic in a goroutine":                 func() { defer ran("main"); go panics(); forever() },
	"panic in a goroutine, main recovers":  func() { defer recovered("main"); go panics(); forever() },
	"panic in init":                        func() {}, // see init
	"panic in time.AfterFunc":              func() { defer ran("main"); time.AfterFunc(0, panics); forever() },
	"panic in runtime.AddCleanup":          cleanup,
	"panic, GOTRACEBACK=crash":             func() { defer ran("main"); noCore(); debug.SetTraceback("crash"); panic("aaa") },
	"nil dereference":                      func() { defer ran("main"); fmt.Println(*new(*int) == nil, **new(*int)) },
	"os.Exit(0)":                           func() { defer ran("main"); os.Exit(0) },
	"os.Exit(256)":                         func() { defer ran("main"); os.Exit(256) },
	"os.Exit(257)":                         func() { defer ran("main"); os.Exit(257) },
	"os.Exit(300)":                         func() { defer ran("main"); os.Exit(300) },
	"os.Exit(-1)":                          func() { defer ran("main"); os.Exit(-1) },
	"os.Exit(137)":                         func() { defer ran("main"); os.Exit(137) },
	"os.Exit(4) in a goroutine":            func() { defer ran("main"); go exits(4); forever() },
	"log.Fatal":                            func() { defer ran("main"); log.Fatal("aaa") },
	"log.Panic":                            func() { defer ran("main"); log.Panic("aaa") },
	"Goexit in main, alone":                func() { defer ran("main"); runtime.Goexit() },
	"Goexit in main, a goroutine exits":    goexit,
	"unlock of an unlocked mutex":          func() { defer recovered("main"); new(sync.Mutex).Unlock() },
	"stack overflow":                       func() { defer recovered("main"); debug.SetMaxStack(1 << 20); deeper(0) },
	"SIGTERM":                              func() { defer ran("main"); kill(syscall.SIGTERM) },
	"SIGKILL":                              func() { defer ran("main"); kill(syscall.SIGKILL) },
	"SIGABRT":                              func() { defer ran("main"); kill(syscall.SIGABRT) },
	"SIGSEGV, sent":                        func() { defer ran("main"); kill(syscall.SIGSEGV) },
	"SIGTERM as process 1 of a namespace":  first,
	"SIGTERM as process 1, the program of": func() { fmt.Fprintln(os.NewFile(3, "report"), "pid", os.Getpid()); kill(syscall.SIGTERM) },
}

func init() {
	if os.Args[1] == "panic in init" {
		panic("aaa")
	}
}

func main() {
	log.SetFlags(0)
	programs[os.Args[1]]()
}

// ran is deferred, and tells that it ran.
func ran(where string) { fmt.Println(where) }

// recovered is ran, which also recovers.
func recovered(where string) {
	_ = recover()
	fmt.Println(where)
}

// forever never returns. It has a timer, so that it does not count as a deadlock.
func forever() { time.Sleep(time.Hour) }

func panics() {
	defer ran("goroutine")
	panic("aaa")
}

func exits(status int) {
	defer ran("goroutine")
	os.Exit(status)
}

func returnEarly() {
	defer ran("main")
	started := make(chan struct{})
	go func() {
		defer ran("goroutine")
		close(started)
		forever()
	}()
	<-started
}

func cleanup() {
	defer ran("main")
	runtime.AddCleanup(new([64]byte), func(int) { panics() }, 0)
	for {
		runtime.GC()
	}
}

// goexit ends the goroutine of main, and only then lets another one exit.
func goexit() {
	gone := make(chan struct{})
	go func() {
		<-gone
		exits(0)
	}()
	defer close(gone)
	defer ran("main")
	runtime.Goexit()
}

func deeper(n int) int { return deeper(n+1) + 1 }

func kill(s syscall.Signal) {
	_ = syscall.Kill(os.Getpid(), s)
	forever()
}

// noCore keeps the kernel from writing a core file.
func noCore() { _ = syscall.Setrlimit(syscall.RLIMIT_CORE, &syscall.Rlimit{}) }

// first runs "..., the program of" as the first process of a PID namespace, and ends as
// that one ended.
func first() {
	self, err := os.Open("/proc/self/exe")
	if err != nil {
		log.Fatal(err)
	}
	args := []string{"--pid", "--fork", "--kill-child"}
	if os.Getuid() != 0 {
		args = append(args, "--user", "--map-root-user")
	}
	// Inherited, because another user namespace may not look into our part of /proc.
	args = append(args, "/proc/self/fd/4", "SIGTERM as process 1, the program of")
	cmd := exec.Command("unshare", args...)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	cmd.ExtraFiles = []*os.File{os.NewFile(3, "report"), self}
	_ = cmd.Run()
	if ended := cmd.ProcessState; ended != nil && ended.Sys().(syscall.WaitStatus).Signaled() {
		kill(ended.Sys().(syscall.WaitStatus).Signal())
	}
	os.Exit(cmd.ProcessState.ExitCode())
}
