package retry

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/big"
	"strconv"

	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/redpacket"
	"lab.example/gopark/redpacket/random"
)

var (
	middle    = redpacket.Params{N: 50, Min: 3, Max: 8, Sum: 275}
	distances = []int64{0, 5, 10, 15, 20, 25, 30, 35, 40, 50, 75, 100, 125}
	budget    = 30_000.0 // tries for one row; a row that would take more is computed only
	header    = []string{"coins", "from the middle", "chance of one try", "tries computed", "tries drawn", "successes"}
)

// chance returns the probability that numbers drawn without regard to their sum have it: the
// splits that there are, divided by all that can be drawn.
func chance(p redpacket.Params) *big.Float {
	all := new(big.Int).Exp(big.NewInt(p.Max-p.Min+1), big.NewInt(int64(p.N)), nil)
	return new(big.Float).SetPrec(128).Quo(new(big.Float).SetInt(p.Count()), new(big.Float).SetInt(all))
}

func at(distance int64) redpacket.Params {
	p := middle
	p.Sum -= distance
	return p
}

// successes returns how many splits are waited for: so many that they take about the budget, if
// they are enough for a mean.
func successes(tries float64) int {
	n := int(budget / tries)
	if n < 30 {
		return 0
	}
	return min(n, 2000)
}

func (o *observed) distances(ctx context.Context, src *random.Counted) error {
	o.Tries.Header = header
	for _, d := range distances {
		p := at(d)
		tries, n := tried(p)
		drawn := "-"
		if n > 0 {
			s, err := redpacket.New(p, redpacket.WithMethod(redpacket.Retry))
			if err != nil {
				return err
			}
			src.Words = 0
			var parts []int64
			for range n {
				if ctx.Err() != nil {
					return context.Cause(ctx)
				}
				parts = s.Append(parts[:0], src)
			}
			drawn = strconv.FormatFloat(float64(src.Words)/float64(p.N)/float64(n), 'f', 2, 64)
		}
		o.Tries.Add(row(p, d, tries, drawn, n)...)
	}
	return nil
}

// tried returns how many tries a split takes on average, and how many splits are drawn.
func tried(p redpacket.Params) (tries float64, n int) {
	f, _ := chance(p).Float64()
	return 1 / f, successes(1 / f)
}

func row(p redpacket.Params, d int64, tries float64, drawn string, n int) []any {
	return []any{p.Sum, d, chance(p).Text('e', 2), short(tries), drawn, n}
}

// short is three digits, with a power of ten if there are more before the point.
func short(f float64) string {
	if f < 1e6 {
		return strconv.FormatFloat(f, 'f', 1, 64)
	}
	return strconv.FormatFloat(f, 'e', 2, 64)
}

// checkDistances holds that what was computed is the exact chance, and that the tries are no
// accident. The standard deviation of a number of tries is the number itself, and of the mean of n
// such numbers it is the square root of n less. Waiting has a longer tail than the normal law: by
// Chernoff, nine deviations come twice in 10^9 times for 30 splits, and less often for more.
func (o *observed) checkDistances() error {
	const deviations = 9
	want := experiment.Table{Header: header}
	if err := o.Tries.Has(header...); err != nil {
		return err
	}
	for _, d := range distances {
		p := at(d)
		seen := o.Tries.Row(strconv.FormatInt(p.Sum, 10))
		if seen == nil {
			return experiment.Refuted("%d coins: it was not observed", p.Sum)
		}
		tries, n := tried(p)
		drawn := seen[4]
		if n == 0 {
			drawn = "-"
		} else if got, err := strconv.ParseFloat(drawn, 64); err != nil || math.Abs(got-tries) > deviations*tries/math.Sqrt(float64(n))+0.01 {
			return experiment.Refuted("%d coins: a split took %s tries on average, not %s", p.Sum, drawn, short(tries))
		}
		want.Add(row(p, d, tries, drawn, n)...)
	}
	return o.Tries.Equals(want, 1)
}

// numbers of people, from 3 to 8 coins each.
var numbers = []int{2, 4, 6, 8, 10, 12, 14, 16}

func peopleHeader() []string {
	header := []string{"tries for one split, by the number of people"}
	for _, n := range numbers {
		header = append(header, strconv.Itoa(n))
	}
	return header
}

// people is computed: how the tries grow with the number of people.
func (o *observed) people() error {
	o.People.Header = peopleHeader()
	for _, c := range []struct {
		name string
		mean func(n int64) int64 // the sum, of n people
	}{
		{"5.5 for each, the middle", func(n int64) int64 { return 11 * n / 2 }},
		{"5 for each", func(n int64) int64 { return 5 * n }},
		{"4.5 for each", func(n int64) int64 { return 9 * n / 2 }},
		{"4 for each", func(n int64) int64 { return 4 * n }},
	} {
		row := []any{c.name}
		for _, n := range numbers {
			f, _ := chance(redpacket.Params{N: n, Min: 3, Max: 8, Sum: c.mean(int64(n))}).Float64()
			row = append(row, fmt.Sprintf("%.1f", 1/f))
		}
		o.People.Add(row...)
	}
	return nil
}

func (o *observed) checkPeople() error {
	var want observed
	return errors.Join(want.people(), o.People.Equals(want.People, 1))
}
