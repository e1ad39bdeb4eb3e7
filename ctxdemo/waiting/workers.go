package waiting

import (
	"context"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"lab.example/gopark/internal/experiment"
)

// worker is a goroutine that was given a context.
type worker struct {
	name     string
	work     func(ctx context.Context)
	function string // in which it works, as the runtime names it
	before   string // what it must be doing when the context is alive: the runtime's word
	after    string // and when it has been cancelled
}

const (
	ended    = "has ended"
	computes = "running"
)

// workers are all of them. Nobody calls anything that would let the last ones go.
var workers = []worker{
	{"selects on Done and a channel", selects, "selects", "select", ended},
	{"receives from Done", receivesDone, "receivesDone", "chan receive", ended},
	{"polls Err in a loop", polls, "polls", computes, ended},
	{"computes in a loop", computing, "computing", computes, computes},
	{"sleeps for an hour", sleeps, "sleeps", "sleep", "sleep"},
	{"receives from a channel", receives, "waiting.receives", "chan receive", "chan receive"},
	{"waits for a mutex", locks, "locks", "sync.Mutex.Lock", "sync.Mutex.Lock"},
	{"waits for a condition", condition, "condition", "sync.Cond.Wait", "sync.Cond.Wait"},
	{"waits for a group", group, "group", "sync.WaitGroup.Wait", "sync.WaitGroup.Wait"},
	{"reads from a pipe", reads, "reads", "IO wait", "IO wait"},
}

func wantWorkers() experiment.Table {
	table := experiment.Table{Header: []string{"the goroutine", "before", "after cancel"}}
	for _, w := range workers {
		table.Add(w.name, w.before, w.after)
	}
	return table
}

func selects(ctx context.Context) {
	select {
	case <-ctx.Done():
	case <-nobody:
	}
}

func receivesDone(ctx context.Context) { <-ctx.Done() }

func polls(ctx context.Context) {
	for ctx.Err() == nil {
		polled.Add(1)
	}
}

func computing(context.Context) {
	for {
		computed.Add(1)
	}
}

func sleeps(context.Context) { time.Sleep(time.Hour) }

func receives(context.Context) { <-nobody }

func locks(context.Context) {
	locked.Lock()
	defer locked.Unlock()
}

func condition(context.Context) {
	free.Lock()
	defer free.Unlock()
	sync.NewCond(&free).Wait()
}

func group(context.Context) { unfinished.Wait() }

func reads(context.Context) { _, _ = quiet.Read(make([]byte, 1)) }

// What they wait for, or count.
var (
	nobody           = make(chan struct{}) // sends on it
	locked           sync.Mutex
	free             sync.Mutex
	unfinished       sync.WaitGroup
	quiet            *os.File // the end of a pipe, which nobody writes to
	polled, computed atomic.Int64
)

// prepare makes those wait who must. The other end of the pipe must be kept.
func prepare() (other *os.File, err error) {
	locked.Lock()
	unfinished.Add(1)
	quiet, other, err = os.Pipe()
	return other, err
}
