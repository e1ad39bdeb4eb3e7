package howmany

import (
	"cmp"
	_ "embed"
	"fmt"
	"maps"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"lab.example/gopark/labs/probe"
)

// The right answers stand nowhere in this file. They are what the programs do: Lost is driven
// through all its orders, Choose is asked until it has surely given every answer that it has,
// and for the others there is only one way.

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

//go:embed answer.go
var answerSource string

// programs are what there is to predict.
var programs = []string{"Lost", "Choose", "Ask", "Defer", "Drain", "Once"}

// orders are all ways to put n steps of goroutine 0 and m of goroutine 1 in a row.
func orders(n, m int) [][]int {
	if n == 0 && m == 0 {
		return [][]int{nil}
	}
	var all [][]int
	if n > 0 {
		for _, rest := range orders(n-1, m) {
			all = append(all, append([]int{0}, rest...))
		}
	}
	if m > 0 {
		for _, rest := range orders(n, m-1) {
			all = append(all, append([]int{1}, rest...))
		}
	}
	return all
}

// driven runs Lost in this order of steps.
func driven(order []int) (result int64) {
	var turns [2]chan struct{}
	for who := range turns {
		turns[who] = make(chan struct{})
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		result = Lost(func(who int) { <-turns[who] })
	}()
	for _, who := range order {
		turns[who] <- struct{}{}
		synctest.Wait() // the step has been taken
	}
	<-done
	return result
}

func TestLost(t *testing.T) {
	probe.Predicted(t, answerSource, programs)
	predicted := Predict().Lost
	if predicted == nil {
		t.Fatal("Lost: nothing is predicted yet: want all the numbers that it can return")
	}
	happened := make(map[int64]int)
	all := orders(4, 4)
	probe.Bubble(t, func(t *testing.T) {
		for _, order := range all {
			happened[driven(order)]++
		}
	})
	missing, extra := compare(predicted, happened)
	why := ""
	switch {
	case slices.Contains(extra, 1):
		why = "as if nothing could be left of one who counts two"
	case slices.Equal(missing, []int64{2, 3}) && len(extra) == 0:
		why = "as if atomic accesses made an atomic count"
	case slices.Contains(extra, 0):
		why = "as if a store could take back what was counted before anybody began"
	case len(extra) > 0 && slices.Max(extra) > 4:
		why = "as if more could come out than is counted"
	case slices.Equal(missing, []int64{2}):
		why = "as if only one count could be lost"
	case slices.Equal(missing, []int64{3}):
		why = "as if counts were lost in pairs"
	case slices.Equal(missing, []int64{4}):
		why = "as if something had to be lost"
	}
	report(t, "Lost", fmt.Sprintf("in %d orders of its steps", len(all)), predicted, happened, why, "redpacket/counting")
}

func TestChoose(t *testing.T) {
	predicted := Predict().Choose
	if predicted == nil {
		t.Fatal("Choose: nothing is predicted yet: want all the names that it can return")
	}
	const runs = 1000 // who can be chosen is not, a thousand times, once in 2^1000 attempts
	happened := make(map[string]int)
	for range runs {
		happened[Choose()]++
	}
	names := []string{"nil", "closed", "full", "default"}
	for _, p := range predicted {
		if !slices.Contains(names, p) {
			t.Fatalf("Choose: you wrote %q, which is none of the names that it has: %q", p, names)
		}
	}
	missing, extra := compare(predicted, happened)
	why := ""
	switch {
	case slices.Contains(extra, "nil"):
		why = "as if a nil channel were ready"
	case slices.Contains(extra, "default"):
		why = "as if default were one case among the others"
	case slices.Equal(missing, []string{"closed"}):
		why = "as if a closed channel were never ready"
	case slices.Equal(missing, []string{"full"}):
		why = "as if the first case that is ready were chosen"
	}
	report(t, "Choose", fmt.Sprintf("in %d runs", runs), predicted, happened, why, "scheduler/coin")
}

// compare returns what happened and was not predicted, and the reverse.
func compare[T cmp.Ordered](predicted []T, happened map[T]int) (missing, extra []T) {
	for _, h := range slices.Sorted(maps.Keys(happened)) {
		if !slices.Contains(predicted, h) {
			missing = append(missing, h)
		}
	}
	for _, p := range predicted {
		if happened[p] == 0 {
			extra = append(extra, p)
		}
	}
	return missing, extra
}

// report fails t if something was not predicted, or did not happen.
func report[T cmp.Ordered](t *testing.T, name, where string, predicted []T, happened map[T]int, why, experiment string) {
	t.Helper()
	missing, extra := compare(predicted, happened)
	if len(missing) == 0 && len(extra) == 0 {
		return
	}
	diff := ""
	if len(missing) > 0 {
		diff += fmt.Sprintf("; you left out %v, which happened", missing)
	}
	if len(extra) > 0 {
		diff += fmt.Sprintf("; %v never happened", extra)
	}
	if why == "" {
		why = "which is another set"
	}
	t.Fatalf("%s: you wrote %v, %s; %s these came out, and how often: %v%s: see gopark run %s", name, predicted, why, where, happened, diff, experiment)
}

// single is a program with one outcome.
type single struct {
	name       string
	predicted  int
	measure    func(t *testing.T) int
	experiment string
	beliefs    map[int]string // popular ones, and what the world would be like
}

func TestSingle(t *testing.T) {
	named := probe.Predicted(t, answerSource, programs)
	p := Predict()
	for _, s := range []single{
		{"Ask", p.Ask, leftOfAsk, "ctxdemo/waiting", map[int]string{
			0: "as if a goroutine ended when nobody wants its answer any more",
			1: "as if each question put an end to the one before",
		}},
		{"Defer", p.Defer, calls(Defer), "panics/rescue", map[int]string{
			0: "as if a panic skipped what has been deferred",
			1: "as if a defer statement counted once, however often it is executed",
			5: "as if the loop went on after the panic",
			4: "as if the round that panics had deferred, too",
		}},
		{"Drain", p.Drain, func(*testing.T) int { return Drain() }, "", map[int]string{
			0: "as if close threw away what is in a channel",
			3: "as if range had one more round for the close",
			5: "as if range went through places, full or not",
		}},
		{"Once", p.Once, calls(Once), "", map[int]string{
			3: "as if what has panicked had not been done, and were tried again",
			2: "as if what has panicked were tried once more",
			0: "as if a panic undid the call",
		}},
	} {
		if !slices.Contains(named, s.name) {
			t.Fatalf("%s: nothing is predicted yet: answer.go leaves it out; want a number, also if it is 0", s.name)
		}
		if s.predicted == -1 {
			t.Fatalf("%s: nothing is predicted yet: want a number", s.name)
		}
		measured := s.measure(t)
		if s.predicted == measured {
			continue
		}
		why, see := s.beliefs[s.predicted], ""
		if why == "" {
			why = "which nothing in it explains"
		}
		if s.experiment != "" {
			see = ": see gopark run " + s.experiment
		}
		t.Fatalf("%s: you wrote %d, %s; it was %d%s", s.name, s.predicted, why, measured, see)
	}
}

// calls counts how often program calls what it is given.
func calls(program func(func())) func(t *testing.T) int {
	return func(*testing.T) (n int) {
		program(func() { n++ })
		return n
	}
}

// leftOfAsk returns how many goroutines of Ask are there after a minute: each of them stands
// at a channel without a buffer, and goes when somebody receives.
func leftOfAsk(t *testing.T) (left int) {
	t.Helper()
	probe.Bubble(t, func(t *testing.T) {
		var all []<-chan int
		Ask(func(answer <-chan int) { all = append(all, answer) })
		time.Sleep(time.Minute)
		for _, answer := range all {
			select {
			case <-answer:
				left++
			default:
			}
		}
	})
	return left
}
