package model

import (
	"errors"
	"fmt"
)

// Config says on what machine a program runs, and under which rules. The zero value
// is one P, the rules of Go 1.26, and the default costs.
type Config struct {
	Procs int // GOMAXPROCS, 1 to 256; 0 means 1

	// Tick0 is schedtick of P 0 when the root performs its first operation. It
	// matters modulo 61: every 61st tick a P looks at the global queue first.
	Tick0 uint32

	// Seed is the state of the random numbers that the scheduler draws: in which
	// order select looks at its cases, from whom a P steals. The same seed, the
	// same run.
	Seed uint64

	// Chosen, if not nil, holds the result of every event of a recorded run, which is
	// replayed so: a select that finds more than one case ready takes what was recorded
	// at its place instead of drawing lots. If that is not among the ready cases, the run
	// ends with ErrReplay.
	Chosen []int32

	Rules Rules // the zero value is the real ones
	Costs Costs // the zero value is DefaultCosts

	// Steps bounds decisions, events, turns of loops and looks of sysmon, timers and
	// so on, all together; 0 means DefaultSteps.
	// A run may go a little further, up to the next look of sysmon.
	Steps int64
	// Goroutines bounds how many exist at once; 0 means DefaultGoroutines.
	Goroutines int

	Measure bool           // keep Stats.Switches, WaitSum and WaitMax
	NoLog   bool           // do not keep the order of the events
	Observe func(Observed) // if not nil, is told what the scheduler does (see observe.go)
}

// Bounds that hold where Config says nothing.
const (
	DefaultSteps      = 50_000_000
	DefaultGoroutines = 4_000_000
	MaxProcs          = 256
)

// Costs says how long things take on the virtual clock, in nanoseconds. They decide
// when sysmon looks, when a timer fires and, with several Ps, who comes first. On one P
// an order that involves no time does not depend on them.
//
// The defaults are lower than what a real machine takes: a run that was too short on
// the real clock to be preempted must not be preempted here.
type Costs struct {
	Op     int64 // any operation
	Switch int64 // from one goroutine to another
	Wake   int64 // until a sleeping thread runs
	Thread int64 // until a new thread runs
	Steal  int64 // one look at all other Ps
	Spin   int64 // one round of spinning for a mutex
}

// DefaultCosts are used where Config.Costs is zero.
var DefaultCosts = Costs{Op: 5, Switch: 50, Wake: 5_000, Thread: 20_000, Steal: 500, Spin: 100}

// Errors that end a run. Each is wrapped with the place where it happened.
var (
	ErrSteps      = errors.New("the program does not end")
	ErrGoroutines = errors.New("too many goroutines")
	ErrReplay     = errors.New("the recorded choice was not possible")
)

// complete fills in what is not given, and reports what is not possible.
func (c Config) complete() (Config, error) {
	if c.Procs == 0 {
		c.Procs = 1
	}
	if c.Procs < 1 || c.Procs > MaxProcs {
		return c, fmt.Errorf("%d Ps: want 1 to %d", c.Procs, MaxProcs)
	}
	c.Rules = c.Rules.withDefaults()
	if err := c.Rules.validate(); err != nil {
		return c, err
	}
	if c.Costs == (Costs{}) {
		c.Costs = DefaultCosts
	}
	if k := c.Costs; k.Op < 1 || k.Switch < 1 || min(k.Wake, k.Thread, k.Steal, k.Spin) < 0 {
		return c, fmt.Errorf("costs %+v: Op and Switch must be 1 ns at least, and none less than 0", k)
	}
	if c.Steps == 0 {
		c.Steps = DefaultSteps
	}
	if c.Goroutines == 0 {
		c.Goroutines = DefaultGoroutines
	}
	return c, nil
}
