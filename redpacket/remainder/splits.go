package remainder

import (
	"fmt"
	"math/rand/v2"
	"strconv"

	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/redpacket"
)

// given returns how many coins are given away in all: the least and the most in some splits.
type given func(m redpacket.Method, p redpacket.Params) (least, most int64, err error)

const splits = 100 // of each sum

// drawn makes splits, and adds up.
func drawn(src rand.Source) given {
	return func(m redpacket.Method, p redpacket.Params) (least, most int64, err error) {
		s, err := redpacket.New(p, redpacket.WithMethod(m))
		if err != nil {
			return 0, 0, err
		}
		for i := range splits {
			var sum int64
			for v := range s.All(src) {
				sum += v
			}
			if i == 0 {
				least, most = sum, sum
			}
			least, most = min(least, sum), max(most, sum)
		}
		return least, most, nil
	}
}

// computed is what must be so: the walk ends where its line ends, everybody else has the sum.
func computed(m redpacket.Method, p redpacket.Params) (least, most int64, err error) {
	if m == redpacket.Walk {
		sum := int64(p.N) * (p.Sum / int64(p.N))
		return sum, sum, nil
	}
	return p.Sum, p.Sum, nil
}

// sums are those of the notes' example.
func sums(of given) (experiment.Table, error) {
	t := experiment.Table{Header: []string{"coins for 50 people", "the walk gives", "nobody gets", "the leash gives", "fair splits give"}}
	for _, sum := range []int64{250, 251, 260, 274, 275, 299, 300} {
		p := redpacket.Params{N: 50, Min: 3, Max: 8, Sum: sum}
		row := []any{sum}
		for _, m := range []redpacket.Method{redpacket.Walk, redpacket.Leash, redpacket.Uniform} {
			least, most, err := of(m, p)
			if err != nil {
				return t, err
			}
			cell := strconv.FormatInt(least, 10)
			if most != least {
				cell = fmt.Sprintf("%d to %d", least, most)
			}
			row = append(row, cell)
			if m == redpacket.Walk {
				row = append(row, sum-most)
			}
		}
		t.Add(row...)
	}
	return t, nil
}

var people = []int{2, 5, 10, 20, 50, 100, 200}

// lost is what the walk loses if everybody could have almost one coin more.
func lost(of given) (experiment.Table, error) {
	t := experiment.Table{Header: []string{"coins, by the number of people"}}
	kept, gone := []any{"given by the walk"}, []any{"nobody gets"}
	for _, n := range people {
		t.Header = append(t.Header, strconv.Itoa(n))
		p := redpacket.Params{N: n, Min: 3, Max: 8, Sum: int64(n)*6 - 1}
		_, most, err := of(redpacket.Walk, p)
		if err != nil {
			return t, err
		}
		kept, gone = append(kept, most), append(gone, p.Sum-most)
	}
	t.Add(kept...)
	t.Add(gone...)
	return t, nil
}
