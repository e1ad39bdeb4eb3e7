// Command shuffle creates ten goroutines in a row, as often as its argument says, and
// prints a line with the order of their running each time.
package main

import (
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
	"time"
)

func main() {
	rounds, err := strconv.Atoi(os.Args[1])
	if err != nil {
		panic(err)
	}
	debug.SetGCPercent(-1) // a collection would put its own workers on the queue
	var lines []string
	for tries := 0; len(lines) < rounds && tries < 10*rounds; tries++ {
		for range 64 {
			runtime.Gosched() // nobody but us is left on the queue
		}
		start := time.Now()
		line := order()
		if time.Since(start) < 9*time.Millisecond { // nobody was preempted
			lines = append(lines, line)
		}
	}
	fmt.Println(strings.Join(lines, "\n"))
}

// order creates the ten and returns the order in which they ran.
func order() string {
	var mu sync.Mutex
	var ran []string
	var wg sync.WaitGroup
	for i := range 10 {
		wg.Go(func() {
			mu.Lock()
			defer mu.Unlock()
			ran = append(ran, strconv.Itoa(i))
		})
	}
	wg.Wait()
	return strings.Join(ran, " ")
}
