package order

import (
	_ "embed"
	"maps"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"lab.example/gopark/labs/probe"
)

// The right order stands nowhere in this file. It is what the programs do, here and now.

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// koan is a program, what was predicted of it, and where to see more.
type koan struct {
	name       string
	program    func(say func(string))
	predicted  []string
	experiment string
	beliefs    map[string]string // popular ones, and what the world would be like
}

func koans(p Prediction) []koan {
	return []koan{
		{"Spawn", Spawn, p.Spawn, "scheduler/runnext", map[string]string{
			"a b c": "as if a new goroutine went to the end of the queue",
			"c b a": "as if the run queue were a stack",
		}},
		{"Yield", Yield, p.Yield, "scheduler/inherit", map[string]string{
			"main a b": "as if Gosched let nobody run",
			"main b a": "as if Gosched let nobody run",
			"b main a": "as if Gosched let only one other run",
			"a main b": "as if Gosched let only one other run",
			"a b main": "as if a new goroutine went to the end of the queue",
		}},
		{"Nested", Nested, p.Nested, "scheduler/runnext", map[string]string{
			"parent old child": "as if a child waited behind all that were there before it",
			"old parent child": "as if a child waited behind all that were there before it",
			"child parent old": "as if a go statement ran the new goroutine at once",
			"old child parent": "as if a go statement ran the new goroutine at once",
		}},
		{"Handover", Handover, p.Handover, "scheduler/priority", map[string]string{
			"receiver sender new": "as if a send ran the receiver at once",
			"receiver new sender": "as if a send ran the receiver at once",
			"sender receiver new": "as if who was made ready first also ran first",
			"new receiver sender": "as if a go statement ran the new goroutine at once",
			"new sender receiver": "as if a go statement ran the new goroutine at once",
		}},
		{"Broadcast", Broadcast, p.Broadcast, "scheduler/wakeup", map[string]string{
			"1 2 3": "as if close woke them in the order in which they came, and they ran so",
			"3 2 1": "as if close woke the last who came first, and so on down to the first",
			"3 1 2": "as if close readied them in the order in which they came, and only the last took the runnext slot",
		}},
		{"Released", Released, p.Released, "scheduler/wakeup", map[string]string{
			"1 2 3": "as if a WaitGroup let them run in the order in which they came",
			"1 3 2": "as if a WaitGroup woke them in the same order as a close does",
			"3 2 1": "as if the waiters of a WaitGroup were a stack",
		}},
	}
}

//go:embed answer.go
var answerSource string

func TestPredictionIsComplete(t *testing.T) {
	var programs []string
	for _, k := range koans(Prediction{}) {
		programs = append(programs, k.name)
	}
	probe.Predicted(t, answerSource, programs)
	for _, k := range koans(Predict()) {
		names := slices.Sorted(slices.Values(once(k.program)))
		switch {
		case len(k.predicted) == 0:
			t.Fatalf("%s: nothing is predicted yet: want the names %s in an order", k.name, strings.Join(names, ", "))
		case !slices.Equal(slices.Sorted(slices.Values(k.predicted)), names):
			t.Fatalf("%s: you wrote %q, but the program says each of %s once", k.name, k.predicted, strings.Join(names, ", "))
		}
	}
}

func TestPrediction(t *testing.T) {
	if shuffled() {
		t.SkipNow() // the order would be drawn by lot
	}
	all := koans(Predict()) // before: what it may set does not count
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	for _, k := range all {
		usual, times := usually(k.program)
		wrote := strings.Join(k.predicted, " ")
		if wrote == usual {
			continue
		}
		why := k.beliefs[wrote]
		if why == "" {
			why = "no rule of the scheduler makes that order"
		}
		t.Fatalf("%s: you wrote %q, %s; the runtime did %q, %d times of %d: see gopark run %s", k.name, wrote, why, usual, times, runs, k.experiment)
	}
}

// runs is how often a program is run. Its order is the one that it usually has: now and
// then a goroutine is preempted because the machine is busy, and one decision of 61 looks
// into the global queue first.
const runs = 101

func usually(program func(func(string))) (order string, times int) {
	count := make(map[string]int)
	for range runs {
		count[strings.Join(once(program), " ")]++
	}
	for _, o := range slices.Sorted(maps.Keys(count)) {
		if count[o] > times {
			order, times = o, count[o]
		}
	}
	return order, times
}

func once(program func(func(string))) []string {
	var mu sync.Mutex // on one P nobody ever waits for it
	var said []string
	program(func(name string) {
		mu.Lock()
		defer mu.Unlock()
		said = append(said, name)
	})
	return said
}

// shuffled reports whether this is a build for the race detector: its scheduler puts new
// goroutines on the queue in random order.
func shuffled() bool {
	info, ok := debug.ReadBuildInfo()
	return ok && slices.Contains(info.Settings, debug.BuildSetting{Key: "-race", Value: "true"})
}
