// Command relay hands records from a producer through a forwarder to a consumer, which
// meets one that it cannot handle. Its arguments are the number of that record, whether the
// consumer recovers, and what else is there.
package main

import (
	"fmt"
	"log"
	"os"
	"strconv"
	"time"
)

type record struct{ body *int }

// report is read by whoever started the program.
var report = os.NewFile(3, "report")

func main() {
	log.SetFlags(0)
	bad, _ := strconv.Atoi(os.Args[1])
	c, d := make(chan record), make(chan record)
	go produce(c, bad)
	go forward(c, d)
	go consume(d, os.Args[2] == "recovers")
	if os.Args[3] == "ticker" {
		go heartbeat()
	}
	<-make(chan int) // a server does not return
}

// produce makes records, of which one has no body.
func produce(c chan<- record, bad int) {
	for i := 1; ; i++ {
		r := record{body: new(i)}
		if i == bad {
			r.body = nil
		}
		c <- r
	}
}

func forward(c <-chan record, d chan<- record) {
	for r := range c {
		d <- r
	}
}

// consume wants to outlive a bad record.
func consume(d <-chan record, recovers bool) {
	handled := 0
	if recovers {
		defer func() {
			if p := recover(); p != nil {
				fmt.Fprintln(report, "handled", handled)
				log.Print("exit....")
			}
		}()
	}
	for r := range d {
		handle(r)
		handled++
	}
}

var sum int

func handle(r record) { sum += *r.body }

// heartbeat tells the world that all is well.
func heartbeat() {
	beats := 0
	for range time.Tick(10 * time.Millisecond) {
		beats++
		fmt.Fprintln(report, "beat", beats)
	}
}
