// Command programs is many programs, in each of which nobody will ever do anything again:
// the argument says what else there is besides a main that waits for ever.
package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

// programs holds, for each case, what happens before main waits.
var programs = map[string]func(){
	"nothing else": func() {},
	"two goroutines that wait for each other":               crosswise,
	"a goroutine that sends and is not heard":               func() { go func() { make(chan int) <- 1 }() },
	"a ticker that nobody reads":                            func() { ticker = time.NewTicker(time.Millisecond) },
	"a ticker that nobody reads, asynctimerchan=1":          func() { ticker = time.NewTicker(time.Hour) },
	"a ticker that a goroutine reads":                       func() { ticker = time.NewTicker(time.Hour); go reads(ticker.C) },
	"a goroutine that sleeps":                               func() { go time.Sleep(time.Hour) },
	"time.AfterFunc":                                        func() { time.AfterFunc(time.Hour, func() {}) },
	"time.AfterFunc, stopped, one P":                        func() { time.AfterFunc(time.Hour, func() {}).Stop() },
	"time.AfterFunc, stopped":                               func() { time.AfterFunc(time.Hour, func() {}).Stop() },
	"a context with a timeout":                              func() { ctx, cancel = context.WithTimeout(context.Background(), time.Hour) },
	"signal.Notify":                                         func() { signal.Notify(signals, syscall.SIGUSR1) },
	"signal.Notify, and Stop":                               func() { signal.Notify(signals, syscall.SIGUSR1); signal.Stop(signals) },
	"signal.Ignore":                                         func() { signal.Ignore(syscall.SIGUSR1) },
	"a listener that nobody asks":                           func() { listener = listens() },
	"a goroutine in Accept":                                 func() { go accepts(listens()) },
	"a goroutine in a system call":                          func() { go asks() },
	"a bubble":                                              bubble,
	"a bubble, and a goroutine outside that reads a ticker": func() { go reads(time.Tick(time.Hour)); bubble() },
}

// These keep what is made from being collected.
var (
	ticker   *time.Ticker
	ctx      context.Context
	cancel   context.CancelFunc
	listener net.Listener
	signals  = make(chan os.Signal, 1)
)

func main() {
	programs[os.Args[1]]()
	fmt.Fprintln(os.NewFile(3, "report"), "about to wait")
	<-make(chan int)
}

func crosswise() {
	var a, b sync.Mutex
	var both sync.WaitGroup
	both.Add(2)
	locks := func(first, second *sync.Mutex) {
		first.Lock()
		both.Done()
		both.Wait()
		second.Lock()
	}
	go locks(&a, &b)
	go locks(&b, &a)
}

func reads(c <-chan time.Time) {
	for range c {
	}
}

func listens() net.Listener {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	return l
}

func accepts(l net.Listener) { _, _ = l.Accept() }

// asks reads from a pipe that nobody writes to, by a plain system call.
func asks() {
	var fds [2]int
	if err := syscall.Pipe(fds[:]); err != nil {
		panic(err)
	}
	_, _ = syscall.Read(fds[0], make([]byte, 1))
}

// bubble waits for ever inside of a bubble of testing/synctest.
func bubble() {
	fmt.Fprintln(os.NewFile(3, "report"), "about to wait")
	waits := func(t *testing.T) { synctest.Test(t, func(*testing.T) { <-make(chan int) }) }
	testing.Main(func(string, string) (bool, error) { return true, nil }, []testing.InternalTest{{Name: "Waits", F: waits}}, nil, nil)
}
