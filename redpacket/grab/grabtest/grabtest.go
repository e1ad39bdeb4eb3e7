// Package grabtest asks: does an envelope keep its promises?
//
// Contract puts one through everything that grab.Envelope says, as subtests: alone.go by one
// goroutine, crowd.go by many, history.go by many whose every answer is compared with all orders
// in which an envelope could have given them. In the test of an envelope:
//
//	func TestContract(t *testing.T) { grabtest.Contract(t, make) }
//
// Run it with -race too. A gap of a few nanoseconds between two operations is seldom fallen into
// without, if the cores are busy with something else; what the race detector does at each of
// them makes it wide.
//
// For envelopes that last there is more: storm.go has many users grab, and holds that what they were
// told lasts; process.go has that done by processes, which can be killed.
//
// Each check is a function that returns an error, so that the tests of this package can hold that
// envelopes with a fault are found out, and by which check.
package grabtest

import (
	"errors"
	"fmt"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/redpacket"
	"lab.example/gopark/redpacket/grab"
)

// Make makes an envelope, and what is called when it is not needed any more.
type Make func(redpacket.Params) (envelope grab.Envelope, end func(), err error)

// Check is one promise, or a few that are kept together.
type Check struct {
	Name string
	Of   redpacket.Params                            // what is in the envelope
	Run  func(redpacket.Params, grab.Envelope) error // of one that nobody has grabbed from
	Runs int                                         // how often it is put to the test
}

// Checks are all of them.
func Checks() []Check {
	ten := redpacket.Params{N: 10, Min: 1, Max: 80, Sum: 400}
	hundred := redpacket.Params{N: 100, Min: -3, Max: 20, Sum: 800}
	return []Check{
		{"one after the other", hundred, oneAfterTheOther, 1},
		{"nothing in it", redpacket.Params{}, nothingInIt, 1},
		{"a last part", redpacket.Params{N: 1, Min: 5, Max: 5, Sum: 5}, oneAfterTheOther, 1},
		{"again", ten, againTheSame, 1},
		{"cancelled before", ten, cancelledBefore, 1},
		{"cancelled at a look", hundred, cancelledAtALook, 1},
		{"a crowd", hundred, aCrowd, 20},
		{"the same user at the same time", ten, sameUser, 20},
		{"cancelled in a crowd", hundred, cancelledInACrowd, 20},
		{"in step", redpacket.Params{N: 16, Min: 1, Max: 9, Sum: 80}, inStep, 60},
		{"looked at while it is grabbed", hundred, lookedAt, 20},
		{"history", inHistory, history, 200},
	}
}

// Contract holds all checks, outside of a bubble, where goroutines run in parallel, and inside
// of one, where any that is left over is found.
func Contract(t *testing.T, make Make) {
	for _, c := range Checks() {
		t.Run(c.Name, func(t *testing.T) {
			require.NoError(t, c.Try(make))
			synctest.Test(t, func(t *testing.T) { require.NoError(t, c.once(make)) })
		})
	}
}

// Try runs a check as often as it says, each time with a new envelope, until it fails.
func (c Check) Try(make Make) error {
	for range c.Runs {
		if err := c.once(make); err != nil {
			return err
		}
	}
	return nil
}

func (c Check) once(make Make) error {
	e, end, err := make(c.Of)
	if err != nil {
		return err
	}
	defer end()
	if left := e.Left(); left != c.Of.N {
		return fmt.Errorf("%d are left of %d before anybody came", left, c.Of.N)
	}
	return c.Run(c.Of, e)
}

// settled holds what must be so whenever nobody is grabbing: grants are the parts of a split,
// and what is in Grants is what was given.
func settled(p redpacket.Params, e grab.Envelope, given []grab.Grant) error {
	byIndex := make(map[int]int64)
	for _, g := range given {
		if _, twice := byIndex[g.Index]; twice {
			return fmt.Errorf("part %d was given twice", g.Index)
		}
		if g.Index < 0 || g.Index >= p.N {
			return fmt.Errorf("part %d of %d was given", g.Index, p.N)
		}
		if g.Amount < p.Min || g.Amount > p.Max {
			return fmt.Errorf("part %d is %d, not %d..%d", g.Index, g.Amount, p.Min, p.Max)
		}
		byIndex[g.Index] = g.Amount
	}
	if left := e.Left(); left != p.N-len(given) {
		return fmt.Errorf("%d of %d were given, and %d are left", len(given), p.N, left)
	}
	kept := e.Grants()
	if len(kept) != len(given) {
		return fmt.Errorf("%d were given, and Grants has %d", len(given), len(kept))
	}
	last, sum := -1, int64(0)
	for _, g := range kept {
		if amount, ok := byIndex[g.Index]; !ok || amount != g.Amount || g.Again || g.Index <= last {
			return fmt.Errorf("after part %d, Grants has %+v", last, g)
		}
		last, sum = g.Index, sum+g.Amount
	}
	if len(given) == p.N && sum != p.Sum {
		return fmt.Errorf("%d was given, not %d", sum, p.Sum)
	}
	return nil
}

// soldOut holds that a grab has failed because nothing was left.
func soldOut(g grab.Grant, err error) error {
	if !errors.Is(err, grab.ErrSoldOut) || g != (grab.Grant{}) {
		return fmt.Errorf("%+v and %w when it was sold out", g, orNothing(err))
	}
	return nil
}

func orNothing(err error) error {
	if err == nil {
		return errors.New("no error")
	}
	return err
}
