package bias

import (
	"math"
	"math/rand/v2"
	"strconv"

	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/redpacket"
	"lab.example/gopark/redpacket/law"
)

// poorer is the example of the notes with fewer coins, 4 for each. It is too large to list the ways.
var poorer = redpacket.Params{N: 50, Min: 3, Max: 8, Sum: 200}

// positions are those whose means are shown.
var positions = []int{1, 2, 4, 8, 16, 24, 32, 40, 50}

const splits = 4000 // by each method

func placeHeader() []string {
	header := []string{"coins on average, by position"}
	for _, i := range positions {
		header = append(header, strconv.Itoa(i))
	}
	return header
}

// place draws splits and adds a row: what each position got on average.
func (o *observed) place(m redpacket.Method, src rand.Source) error {
	s, err := redpacket.New(poorer, redpacket.WithMethod(m))
	if err != nil {
		return err
	}
	sums := make([]float64, poorer.N)
	var parts []int64
	for range splits {
		parts = s.Append(parts[:0], src)
		for i, v := range parts {
			sums[i] += float64(v)
		}
	}
	row := []any{m}
	for _, i := range positions {
		row = append(row, strconv.FormatFloat(sums[i-1]/splits, 'f', 3, 64))
	}
	o.Places.Add(row...)
	return nil
}

// deviations of the mean are allowed: about 10^-12 each for the sum of 4000 bounded numbers, and
// there are 54 of them.
const deviations = 7

func (o observed) checkPlaces() error {
	if err := o.Places.Has(placeHeader()...); err != nil {
		return err
	}
	for _, m := range compared {
		places, err := law.Places(m, poorer)
		if err != nil {
			return err
		}
		row := o.Places.Row(m.String())
		if row == nil {
			return experiment.Refuted("%v: it was not observed", m)
		}
		for j, i := range positions {
			mean, err := strconv.ParseFloat(row[j+1], 64)
			place := places[i-1]
			slack := deviations*place.Deviation/math.Sqrt(splits) + 0.001
			if err != nil || !(math.Abs(mean-place.Mean) <= slack) {
				return experiment.Refuted("%v: position %d got %s coins on average, not %.3f", m, i, row[j+1], place.Mean)
			}
		}
	}
	return nil
}
