package probe_test

import (
	"fmt"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"

	"lab.example/gopark/labs/probe"
	"lab.example/gopark/labs/probe/probetest"
)

// In an example there is no test to fail. In a judge t is that of the test function.
var t testing.TB = new(testing.T)

func ExampleTook() {
	job := func() { time.Sleep(time.Second) }
	test := func(t *testing.T) {
		probe.Bubble(t, func(t *testing.T) {
			probe.Took(t, 2*time.Second, func() {
				probetest.Workers(3, job, job, job, job, job, job)
			})
		})
	}
	_ = test
}

func ExampleMaxInFlight() {
	test := func(t *testing.T) {
		probe.Bubble(t, func(t *testing.T) {
			var m probe.Meter
			job := func() {
				defer m.Enter()()
				time.Sleep(time.Second)
			}
			probetest.Workers(3, job, job, job, job, job, job)
			probe.MaxInFlight(t, &m, 3)
		})
	}
	_ = test
}

func ExampleNoLeak() {
	test := func(t *testing.T) {
		probe.NoLeak(t)
		probetest.Workers(3, func() {}, func() {}) // with real input and output
	}
	_ = test
}

func ExampleMeter() {
	var m probe.Meter
	job := func() {
		leave := m.Enter()
		defer leave()
	}
	probetest.Workers(1, job, job, job)
	fmt.Println(m.Entered(), "jobs, at most", m.Max(), "at the same time, now", m.Inside())
	// Output: 3 jobs, at most 1 at the same time, now 0
}

func ExampleGate() {
	var g probe.Gate
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(g.Wait)
	}
	for g.Arrived() < 3 { // in a bubble: synctest.Wait()
		runtime.Gosched()
	}
	fmt.Println(g.Arrived(), "are at the gate")
	g.Open()
	wg.Wait()
	// Output: 3 are at the gate
}

// One is left, and both clients get it.
func ExamplePoint() {
	var p probe.Point
	shop := &probetest.Oversold{Left: 1, Between: p.Here}
	var clients sync.WaitGroup
	for range 2 {
		clients.Go(func() { shop.Sell() })
	}
	clients.Wait()
	fmt.Println("left:", shop.Left, "met:", p.Met())
	// Output: left: -1 met: 1
}

func ExampleHistory() {
	var shop probetest.Swapped
	shop.Between = func() {}
	shop.Left.Store(1)

	var h probe.History
	var clients sync.WaitGroup
	for client := range 2 {
		clients.Go(func() {
			h.Call(client, "sell", func() any { return shop.Sell() })
		})
	}
	clients.Wait()
	h.Check(t, porcupine.Model{
		Init: func() any { return 1 }, // how many are left
		Step: func(state, in, out any) (bool, any) {
			left := state.(int)
			sold := out.(bool)
			if sold {
				return left > 0, left - 1
			}
			return left == 0, left
		},
	})
	fmt.Println("an order explains who got it")
	// Output: an order explains who got it
}
