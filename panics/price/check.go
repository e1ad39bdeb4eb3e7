package price

import (
	"fmt"

	"lab.example/gopark/internal/experiment"
)

// clearly is how many times dearer the dearer one must be: far less than was ever seen, and
// more than the clock can be wrong.
const clearly = 1.2

func check(o experiment.Observations) error {
	var seen observed
	if err := o.Decode(&seen); err != nil {
		return err
	}
	if err := seen.complete(); err != nil {
		return err
	}
	first, last := 0, len(seen.Depths)-1
	rules := []rule{
		{"a panic costs no more than an error", seen.Panic, first, seen.Error, first},
		{"a panic costs no more than an error, through many calls", seen.Panic, last, seen.Error, last},
		{"an error costs the same from any depth", seen.Error, last, seen.Error, first},
		{"a panic costs the same from any depth", seen.Panic, last, seen.Panic, first},
		{"deferred functions cost nothing", seen.Deferred, last, seen.Panic, last},
		{"a fault costs no more than a panic", seen.Fault, first, seen.Panic, first},
		{"a fault costs the same from any depth", seen.Fault, last, seen.Fault, first},
	}
	if seen.CAbsent == "" {
		rules = append(rules,
			rule{"longjmp costs no less than a panic", seen.Panic, first, seen.CLeap, first},
			rule{"longjmp costs no less than a panic, through many calls", seen.Panic, last, seen.CLeap, last},
			rule{"a fault in C costs no more than longjmp", seen.CFault, first, seen.CLeap, first},
		)
	}
	for _, r := range rules {
		if err := r.check(); err != nil {
			return err
		}
	}
	return seen.checkLikeness()
}

// rule says which of two prices is clearly the higher one.
type rule struct {
	otherwise string // what it means if it is not
	dear      []float64
	dearAt    int
	cheap     []float64
	cheapAt   int
}

func (r rule) check() error {
	if dear, cheap := r.dear[r.dearAt], r.cheap[r.cheapAt]; dear < clearly*cheap {
		return experiment.Refuted("%s: %.0f ns and %.0f ns", r.otherwise, dear, cheap)
	}
	return nil
}

// complete reports what was not measured.
func (o observed) complete() error {
	all := [][]float64{o.Error, o.Panic, o.Deferred, o.Fault}
	if o.CAbsent == "" {
		all = append(all, o.CError, o.CLeap, o.CFault)
	}
	for _, prices := range all {
		if len(prices) != len(o.Depths) || len(prices) < 2 {
			return fmt.Errorf("%d prices for %d depths", len(prices), len(o.Depths))
		}
	}
	return nil
}

func (o observed) checkLikeness() error {
	deepest := o.Depths[len(o.Depths)-1]
	switch {
	case o.Cleanups != deepest:
		return experiment.Refuted("a panic left %d calls and ran %d deferred functions", deepest, o.Cleanups)
	case o.Received != 0:
		return experiment.Refuted("0 was sent by panic and %d received", o.Received)
	case o.CAbsent != "":
		return nil
	case o.CCleanups != 0:
		return experiment.Refuted("longjmp ran %d clean-up functions on its way", o.CCleanups)
	case o.CReceived != 1:
		return experiment.Refuted("0 was sent by longjmp and %d received, not 1", o.CReceived)
	}
	return nil
}
