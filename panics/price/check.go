package price

import (
	"fmt"
	"strconv"

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
	if err := seen.Prices.Has(header()...); err != nil {
		return err
	}
	last := len(depths) - 1
	rules := []rule{
		{"a panic costs no more than an error", place{goPanic, 0}, place{goError, 0}},
		{"a panic costs no more than an error, through many calls", place{goPanic, last}, place{goError, last}},
		{"an error costs the same from any depth", place{goError, last}, place{goError, 0}},
		{"a panic costs the same from any depth", place{goPanic, last}, place{goPanic, 0}},
		{"deferred functions cost nothing", place{goDeferred, last}, place{goPanic, last}},
		{"a fault costs no more than a panic", place{goFault, 0}, place{goPanic, 0}},
		{"a fault costs the same from any depth", place{goFault, last}, place{goFault, 0}},
	}
	if len(seen.CAbsent) == 0 {
		rules = append(rules,
			rule{"longjmp costs no less than a panic", place{goPanic, 0}, place{cLeap, 0}},
			rule{"longjmp costs no less than a panic, through many calls", place{goPanic, last}, place{cLeap, last}},
			rule{"a fault in C costs no more than longjmp", place{cFault, 0}, place{cLeap, 0}},
		)
	}
	for _, r := range rules {
		if err := r.check(seen.Prices); err != nil {
			return err
		}
	}
	return seen.checkLikeness()
}

// rule says which of two prices is clearly the higher one.
type rule struct {
	otherwise   string // what it means if it is not
	dear, cheap place
}

// place is where a price stands in the table.
type place struct {
	row   string
	depth int // the index in depths
}

func (p place) price(t experiment.Table) (float64, error) {
	row := t.Row(p.row)
	if row == nil {
		return 0, fmt.Errorf("%w: %s", experiment.ErrNotObserved, p.row)
	}
	price, err := strconv.ParseFloat(row[1+p.depth], 64)
	if err != nil {
		return 0, fmt.Errorf("%s, %d calls: %w", p.row, depths[p.depth], err)
	}
	return price, nil
}

func (r rule) check(t experiment.Table) error {
	dear, err := r.dear.price(t)
	if err != nil {
		return err
	}
	cheap, err := r.cheap.price(t)
	if err != nil {
		return err
	}
	if dear < clearly*cheap {
		return experiment.Refuted("%s: %.0f ns and %.0f ns", r.otherwise, dear, cheap)
	}
	return nil
}

func (o observed) checkLikeness() error {
	deepest := depths[len(depths)-1]
	switch {
	case o.Cleanups != deepest:
		return experiment.Refuted("a panic left %d calls and ran %d deferred functions", deepest, o.Cleanups)
	case o.Received != 0:
		return experiment.Refuted("0 was sent by panic and %d received", o.Received)
	case len(o.CAbsent) > 0:
		return nil
	case o.CCleanups != 0:
		return experiment.Refuted("longjmp ran %d clean-up functions on its way", o.CCleanups)
	case o.CReceived != 1:
		return experiment.Refuted("0 was sent by longjmp and %d received, not 1", o.CReceived)
	}
	return nil
}
