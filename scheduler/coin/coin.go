// Package coin asks: does a build with the race detector start goroutines in the same order
// as a build without?
//
// testdata/shuffle.go is the program that is built both ways, build.go builds it, run
// records the orders that each of the two prints, check says what they must have in
// common, picture.go draws the first of them. The page tells why.
package coin

import (
	"context"
	"embed"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"lab.example/gopark/internal/experiment"
)

//go:embed page.md *.go testdata
var files embed.FS

// Experiment is the claim that the race detector shuffles the run queue on purpose.
var Experiment = &experiment.Experiment{
	ID:       "scheduler/coin",
	Question: "One P. Ten goroutines are created in a row, and number 9 runs first, then 0 to 8: always. Now the same program is built with -race, and does it 200 times. How often does number 9 run first?",
	Choices: []experiment.Choice{
		{
			Text:    "Every time: the race detector watches memory, and leaves the scheduler alone.",
			Because: "It does watch memory. But a race that happens in one order only would never be seen if that order never came up. So the order is made to vary.",
		},
		{
			Text:    "About half the time: a coin is tossed for each goroutine.",
			True:    true,
			Because: "Heads, and it takes the runnext slot as usual; tails, and it goes to the end of the ring. Number 9 runs first if its own toss is heads.",
		},
		{
			Text:    "About one time in ten: all orders are equally likely.",
			Because: "It is no fair shuffle. Each is either put in the slot or at the end of the ring, so number 9 has one half, number 8 a quarter, and so on.",
		},
		{
			Text:    "Nearly always: the program is slower, so once in a while it is preempted.",
			Because: "It is slower, and still takes some microseconds for all ten. A preemption would need 10 ms.",
		},
	},
	Knobs: []experiment.Knob{
		{Name: "rounds", Unit: "rounds", Doc: "how often each build creates ten goroutines", Default: 200, Min: 200, Max: 1000},
	},
	Run:     run,
	Check:   check,
	AnyKnob: true,
	Wall:    experiment.FirstBuild,
	Needs:   experiment.Needs{Toolchain: true},
	Files:   files,
}

// An order is the numbers 0 to 9 in the order of their running.
type observed struct {
	Rounds        int64   `obs:"/rounds:rounds"`
	Plain         []int64 `obs:"/plain/order:goroutines"` // of the first round
	PlainDistinct int64   `obs:"/plain/distinct:orders"`
	PlainNewest   int64   `obs:"/plain/newest-first:rounds"`
	Race          []int64 `obs:"/race/order:goroutines"` // of the first round
	RaceDistinct  int64   `obs:"/race/distinct:orders"`
	RaceNewest    int64   `obs:"/race/newest-first:rounds"`
	RaceFirst     []int64 `obs:"/race/first:rounds"` // how often each number was the first, from 0 to 9
}

const goroutines = 10

func run(ctx context.Context, r *experiment.Recorder) error {
	seen := observed{Rounds: int64(r.Knob("rounds"))}
	plain, err := shuffle(ctx, int(seen.Rounds))
	if err != nil {
		return err
	}
	race, err := shuffle(ctx, int(seen.Rounds), "-race")
	if err != nil {
		return err
	}
	seen.Plain, seen.PlainDistinct = plain[0], distinct(plain)
	seen.PlainNewest = firsts(plain)[goroutines-1]
	seen.Race, seen.RaceDistinct = race[0], distinct(race)
	seen.RaceFirst = firsts(race)
	seen.RaceNewest = seen.RaceFirst[goroutines-1]
	r.Record(seen)
	draw(r, "plain", plain[:plainRounds])
	draw(r, "race", race[:raceRounds])
	return nil
}

// parse reads one order a line.
func parse(lines []string) ([][]int64, error) {
	var orders [][]int64
	for _, line := range lines {
		var order []int64
		for field := range strings.FieldsSeq(line) {
			i, err := strconv.ParseInt(field, 10, 64)
			if err != nil || i < 0 || i >= goroutines {
				return nil, fmt.Errorf("read order %q: not a number from 0 to %d", line, goroutines-1)
			}
			order = append(order, i)
		}
		if len(order) != goroutines {
			return nil, fmt.Errorf("read order %q: want %d numbers", line, goroutines)
		}
		orders = append(orders, order)
	}
	return orders, nil
}

func distinct(orders [][]int64) int64 {
	sorted := slices.SortedFunc(slices.Values(orders), slices.Compare)
	return int64(len(slices.CompactFunc(sorted, slices.Equal)))
}

// firsts returns how often each number was the first.
func firsts(orders [][]int64) []int64 {
	count := make([]int64, goroutines)
	for _, order := range orders {
		count[order[0]]++
	}
	return count
}

// check lets the share of rounds in which number 9 is first lie between a quarter and
// three quarters. With a fair coin and 200 rounds, it lies outside of that in about
// one run of a million millions.
func check(o experiment.Observations) error {
	var seen observed
	if err := o.Decode(&seen); err != nil {
		return err
	}
	usual := []int64{9, 0, 1, 2, 3, 4, 5, 6, 7, 8}
	switch {
	case seen.PlainDistinct != 1 || !slices.Equal(seen.Plain, usual):
		return experiment.Refuted("the build without the detector showed %d orders, the first of them %v", seen.PlainDistinct, seen.Plain)
	case seen.PlainNewest != seen.Rounds:
		return experiment.Refuted("without the detector number 9 was first in %d of %d rounds", seen.PlainNewest, seen.Rounds)
	case seen.RaceDistinct == 1:
		return experiment.Refuted("the build with the detector showed one order only: %v", seen.Race)
	case seen.RaceNewest*4 < seen.Rounds || seen.RaceNewest*4 > seen.Rounds*3:
		return experiment.Refuted("with the detector number 9 was first in %d of %d rounds, which no fair coin does", seen.RaceNewest, seen.Rounds)
	}
	return nil
}
