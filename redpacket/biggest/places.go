package biggest

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"strconv"
	"sync"

	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/redpacket"
	"lab.example/gopark/redpacket/law"
)

// packet has no bound above: nobody can get more than all of it.
var packet = redpacket.Params{N: 10, Min: 1, Max: 200, Sum: 200}

// compared are the methods that always split. Uniform stands for all that are exact.
var compared = []redpacket.Method{
	redpacket.DoubleAverage, redpacket.Leash, redpacket.Uniform,
}

func header(what string) []string {
	header := []string{what}
	for i := range packet.N {
		header = append(header, strconv.Itoa(i+1))
	}
	return header
}

// exact has the chances of all methods: so much work that it is done once.
var exact = sync.OnceValues(func() (map[redpacket.Method][]float64, error) {
	all := make(map[redpacket.Method][]float64)
	for _, m := range compared {
		biggest, err := law.Biggest(m, packet)
		if err != nil {
			return nil, err
		}
		all[m] = biggest
	}
	return all, nil
})

// chances are computed: how often each position has the biggest part, or one that is as big.
func chances() (experiment.Table, error) {
	t := experiment.Table{Header: header("chance of the biggest part, %")}
	all, err := exact()
	if err != nil {
		return t, err
	}
	for _, m := range compared {
		t.Add(row(m, all[m])...)
	}
	return t, nil
}

// counts draws splits, and counts the same.
func counts(ctx context.Context, src rand.Source) (experiment.Table, error) {
	t := experiment.Table{Header: header("drawn %")}
	for _, m := range compared {
		if ctx.Err() != nil {
			return t, context.Cause(ctx)
		}
		s, err := redpacket.New(packet, redpacket.WithMethod(m))
		if err != nil {
			return t, err
		}
		shares := make([]float64, packet.N)
		var parts []int64
		for range draws {
			parts = s.Append(parts[:0], src)
			most := slices.Max(parts)
			for i, v := range parts {
				if v == most {
					shares[i] += 1.0 / draws
				}
			}
		}
		t.Add(row(m, shares)...)
	}
	return t, nil
}

func row(m redpacket.Method, shares []float64) []any {
	row := []any{m}
	for _, share := range shares {
		row = append(row, strconv.FormatFloat(100*share, 'f', 2, 64))
	}
	return row
}

// check holds that the chances are the exact ones, and that what was drawn is no accident of
// them: 30 comparisons, each of which fails by chance once in 5 * 10^8 times.
func check(o experiment.Observations) error {
	var seen observed
	if err := o.Decode(&seen); err != nil {
		return err
	}
	want, err := chances()
	if err != nil {
		return err
	}
	return errors.Join(seen.Chance.Equals(want, 1), seen.checkDrawn())
}

func (o observed) checkDrawn() error {
	if err := o.Drawn.Has(header("drawn %")...); err != nil {
		return err
	}
	all, err := exact()
	if err != nil {
		return err
	}
	for _, m := range compared {
		cells := o.Drawn.Row(m.String())
		if cells == nil {
			return experiment.Refuted("%v: it was not observed", m)
		}
		for i, chance := range all[m] {
			share, err := strconv.ParseFloat(cells[i+1], 64)
			if err != nil || law.Improbable(share/100, chance, o.Draws) {
				return experiment.Refuted("%v: position %d had the biggest part %s%% of the time, not %.2f%%", m, i+1, cells[i+1], 100*chance)
			}
		}
	}
	return nil
}
