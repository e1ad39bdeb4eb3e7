package edges

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strconv"

	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/redpacket"
	"lab.example/gopark/redpacket/law"
	"lab.example/gopark/redpacket/random"
)

// result is what some walks did.
type result struct {
	draws   float64 // of numbers, for each part
	outside float64 // share of the walks whose last part is out of bounds
	lowest  int64   // last part
	highest int64
}

func measure(ctx context.Context, m redpacket.Method, p redpacket.Params, src *random.Counted) (result, error) {
	s, err := redpacket.New(p, redpacket.WithMethod(m))
	if err != nil {
		return result{}, err
	}
	seen := result{lowest: math.MaxInt64, highest: math.MinInt64}
	src.Words = 0
	var parts []int64
	for range walks {
		if ctx.Err() != nil {
			return seen, context.Cause(ctx)
		}
		parts = s.Append(parts[:0], src)
		last := parts[len(parts)-1]
		seen.lowest, seen.highest = min(seen.lowest, last), max(seen.highest, last)
		if last < p.Min || last > p.Max {
			seen.outside++
		}
	}
	seen.draws = float64(src.Words) / float64(walks*p.N)
	seen.outside /= walks
	return seen, nil
}

// distances of the mean from an edge of the range 0..100, in coins.
var distances = []int64{1, 2, 5, 10, 20, 30, 50}

var rows = []struct {
	name   string
	method redpacket.Method
	mean   func(distance int64) int64
}{
	{"walk, from 0", redpacket.Walk, func(d int64) int64 { return d }},
	{"walk, from 100", redpacket.Walk, func(d int64) int64 { return 100 - d }},
	{"leash, from 0", redpacket.Leash, func(d int64) int64 { return d }},
}

func drawsHeader() []string {
	header := []string{"numbers drawn for a part, by the distance of the mean from an edge"}
	for _, d := range distances {
		header = append(header, strconv.FormatInt(d, 10))
	}
	return header
}

func (o *observed) wide(mean int64) redpacket.Params {
	return redpacket.Params{N: int(o.Parts), Min: 0, Max: 100, Sum: o.Parts * mean}
}

// approach takes the mean nearer to an edge of a wide range.
func (o *observed) approach(ctx context.Context, src *random.Counted) error {
	o.Draws.Header = drawsHeader()
	for _, row := range rows {
		cells := []any{row.name}
		for _, d := range distances {
			seen, err := measure(ctx, row.method, o.wide(row.mean(d)), src)
			if err != nil {
				return err
			}
			cells = append(cells, decimal(seen.draws))
		}
		o.Draws.Add(cells...)
	}
	return nil
}

func (o *observed) checkApproach() error {
	if err := o.Draws.Has(drawsHeader()...); err != nil {
		return err
	}
	for _, row := range rows {
		cells := o.Draws.Row(row.name)
		if cells == nil {
			return experiment.Refuted("%s: it was not observed", row.name)
		}
		for i, d := range distances {
			got, err := strconv.ParseFloat(cells[i+1], 64)
			want := float64(o.Parts-1) / float64(o.Parts) // one for each part but the last
			slack := 0.001
			if row.method == redpacket.Walk {
				want, slack = o.expects(o.wide(row.mean(d)))
			}
			if err != nil || !(math.Abs(got-want) <= slack) {
				return experiment.Refuted("%s, %d coins away: %s draws a part, not %.3f (give or take %.3f)",
					row.name, d, cells[i+1], want, slack)
			}
		}
	}
	return nil
}

// expects returns the draws a part, on average, and by how much the mean of all walks may differ.
// Where a value in k is allowed, a part takes k draws with a standard deviation below k; the
// slack is seven times that of all parts together, if k were what it is at the end of the leash,
// or three times the average if that is less. That this is seven real deviations or more, at all
// means and for 2 to 200 parts, was measured.
func (o *observed) expects(p redpacket.Params) (draws, slack float64) {
	const deviations = 7
	draws = law.OfWalk(p).Draws / float64(p.N)
	mean := p.Sum / int64(p.N)
	worst := float64(p.Max-p.Min+1) / float64(min(mean-p.Min, p.Max-mean)+1)
	return draws, deviations*min(worst, 3*draws)/math.Sqrt(float64(o.Walks*o.Parts)) + 0.001
}

var acrossHeader = []string{"coins", "mean of 3 to 8", "numbers drawn for a part", "computed", "last part out of bounds %", "computed %", "last part"}

// means of the notes' example, 3..8. With others the walk loses coins, which is another story.
var means = []int64{3, 4, 5, 6, 7, 8}

// cross takes the mean through the range of the notes' example.
func (o *observed) cross(ctx context.Context, src *random.Counted) error {
	o.Across.Header = acrossHeader
	for _, mean := range means {
		p := o.narrow(mean)
		seen, err := measure(ctx, redpacket.Walk, p, src)
		if err != nil {
			return err
		}
		last := fmt.Sprintf("%d to %d", seen.lowest, seen.highest)
		o.Across.Add(o.crossed(p, decimal(seen.draws), decimal(100*seen.outside), last)...)
	}
	return nil
}

func (o *observed) narrow(mean int64) redpacket.Params {
	return redpacket.Params{N: int(o.Parts), Min: 3, Max: 8, Sum: o.Parts * mean}
}

func (o *observed) crossed(p redpacket.Params, draws, outside, last string) []any {
	exact := law.OfWalk(p)
	return []any{
		p.Sum, p.Sum / o.Parts, draws, decimal(exact.Draws / float64(p.N)),
		outside, decimal(100 * exact.Outside), last,
	}
}

func (o *observed) checkCross() error {
	want := experiment.Table{Header: acrossHeader}
	for _, mean := range means {
		p := o.narrow(mean)
		row := o.Across.Row(strconv.FormatInt(p.Sum, 10))
		if len(row) != len(acrossHeader) {
			return experiment.Refuted("%d coins: it was not observed", p.Sum)
		}
		want.Add(o.crossed(p, row[2], row[4], row[6])...)
		draws, err1 := strconv.ParseFloat(row[2], 64)
		outside, err2 := strconv.ParseFloat(row[4], 64)
		if err := errors.Join(err1, err2); err != nil {
			return experiment.Refuted("%d coins: %v", p.Sum, err)
		}
		exact := law.OfWalk(p)
		if expected, slack := o.expects(p); math.Abs(draws-expected) > slack {
			return experiment.Refuted("%d coins: %s draws a part, not %.3f (give or take %.3f)", p.Sum, row[2], expected, slack)
		}
		if law.Improbable(outside/100, exact.Outside, o.Walks) {
			return experiment.Refuted("%d coins: the last part was out of bounds %s%% of the time, not %.3f%%",
				p.Sum, row[4], 100*exact.Outside)
		}
		if err := checkLast(p, row[6], outside > 0); err != nil {
			return err
		}
	}
	return o.Across.Equals(want, 1)
}

// checkLast holds that the last parts, "-2 to 3", are what the leash allows, and that they are out
// of bounds if any was.
func checkLast(p redpacket.Params, last string, outside bool) error {
	var low, high int64
	if _, err := fmt.Sscanf(last, "%d to %d", &low, &high); err != nil {
		return experiment.Refuted("%d coins: the last part was %q", p.Sum, last)
	}
	mean := p.Sum / int64(p.N)
	if low < 2*mean-p.Max || high > 2*mean-p.Min || outside != (low < p.Min || high > p.Max) {
		return experiment.Refuted("%d coins: the last part was %s, and %d to %d is what the leash allows",
			p.Sum, last, 2*mean-p.Max, 2*mean-p.Min)
	}
	return nil
}

func decimal(f float64) string { return strconv.FormatFloat(f, 'f', 3, 64) }
