package values

import (
	"cmp"
	"context"
	"math"
	"strconv"
	"time"

	"lab.example/gopark/internal/experiment"
)

// cost is what looking costs below so many values, in ns: asking for the one on top, asking
// whether the context is done, and the same with its Done kept in a variable. Each has a place
// for each of depths.
type cost struct{ value, err, done []float64 }

// The rows of the table that holds it.
const (
	valueRow = "Value"
	errRow   = "Err"
	doneRow  = "a look at Done, which was kept"
)

func costHeader() []string {
	h := []string{"nanoseconds below so many values"}
	for _, d := range depths {
		h = append(h, strconv.Itoa(d))
	}
	return h
}

func (c cost) table() experiment.Table {
	t := experiment.Table{Header: costHeader()}
	for _, row := range []struct {
		name string
		ns   []float64
	}{{valueRow, c.value}, {errRow, c.err}, {doneRow, c.done}} {
		cells := []any{row.name}
		for _, ns := range row.ns {
			cells = append(cells, strconv.FormatFloat(ns, 'f', 2, 64))
		}
		t.Add(cells...)
	}
	return t
}

func parseCost(t experiment.Table) (c cost, err error) {
	if err := t.Has(costHeader()...); err != nil {
		return c, err
	}
	read := func(name string) (ns []float64) {
		row := t.Row(name)
		if row == nil {
			err = cmp.Or(err, experiment.Refuted("%s was not measured", name))
			return nil
		}
		for _, cell := range row[1:] {
			n, bad := strconv.ParseFloat(cell, 64)
			err = cmp.Or(err, bad)
			ns = append(ns, n)
		}
		return ns
	}
	c = cost{read(valueRow), read(errRow), read(doneRow)}
	return c, err
}

var depths = []int{1, 2, 4, 8, 16, 32, 64, 128, 256}

const (
	rounds = 40 // of which the fastest counts, for each depth: all others were disturbed
	calls  = 100
)

// measure goes through all depths in each round, so that a machine which is slower for a while
// is so for all of them.
func measure(ctx context.Context) (cost, error) {
	var c cost
	for range depths {
		c.value, c.err, c.done = append(c.value, math.Inf(1)), append(c.err, math.Inf(1)), append(c.done, math.Inf(1))
	}
	for range rounds {
		if err := context.Cause(ctx); err != nil {
			return c, err
		}
		for i, depth := range depths {
			deep, cancel := below(depth)
			done := deep.Done()
			c.value[i] = min(c.value[i], perCall(func() { deep.Value(otherKey{}) }))
			c.err[i] = min(c.err[i], perCall(func() { _ = deep.Err() }))
			c.done[i] = min(c.done[i], perCall(func() {
				select {
				case <-done:
				default:
				}
			}))
			cancel()
		}
	}
	return c, nil
}

// below returns a context that can be cancelled, so many levels of values below that, and one
// value above.
func below(depth int) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(context.WithValue(context.Background(), otherKey{}, "above"))
	for i := range depth {
		ctx = context.WithValue(ctx, key{}, i)
	}
	return ctx, cancel
}

// perCall returns the time of one call, in ns.
func perCall(call func()) float64 {
	start := time.Now()
	for range calls {
		call()
	}
	return float64(time.Since(start).Nanoseconds()) / calls
}

// check holds that looking grows with the depth, and not if one keeps Done. The bounds are
// wide: from 1 to 256 levels Value takes some 35 times as long, Err some 80 times, and a
// look at a channel the same.
func (c cost) check() error {
	last := len(depths) - 1
	switch {
	case c.value[last] < 6*c.value[0]:
		return experiment.Refuted("Value took %.0f ns below 1 value and %.0f ns below %d", c.value[0], c.value[last], depths[last])
	case c.err[last] < 6*c.err[0]:
		return experiment.Refuted("Err took %.0f ns below 1 value and %.0f ns below %d", c.err[0], c.err[last], depths[last])
	case c.done[last] > 3*c.done[0]:
		return experiment.Refuted("a look at Done took %.0f ns below 1 value and %.0f ns below %d", c.done[0], c.done[last], depths[last])
	}
	return nil
}
