// A program with two goroutines in a deadlock. With the argument all, main waits for them;
// with busy it does something else, and ends.
package main

import (
	"os"
	"sync"
	"time"
)

func main() {
	var a, b sync.Mutex
	var begun, done sync.WaitGroup
	begun.Add(2)
	for _, locks := range [][2]*sync.Mutex{{&a, &b}, {&b, &a}} {
		done.Go(func() {
			locks[0].Lock()
			begun.Done()
			begun.Wait()
			locks[1].Lock()
		})
	}
	begun.Wait()
	if os.Args[1] == "all" {
		done.Wait()
	}
	for range 10 {
		time.Sleep(time.Millisecond)
	}
}
