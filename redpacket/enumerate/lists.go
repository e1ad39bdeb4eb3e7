package enumerate

import (
	"errors"
	"fmt"
	"math/big"
	"math/rand/v2"
	"strconv"

	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/redpacket"
)

func packet(people int) redpacket.Params {
	return redpacket.Params{N: people, Min: 3, Max: 8, Sum: 5 * int64(people)}
}

var listHeader = []string{"people", "ways", "bytes of the list", "the library lists them", "and splits without a list"}

// lists asks the library for a list, for more and more people.
func lists() experiment.Table {
	return listed(func(p redpacket.Params, m redpacket.Method) string {
		_, err := redpacket.New(p, redpacket.WithMethod(m))
		switch {
		case err == nil:
			return "yes"
		case errors.Is(err, redpacket.ErrUnsuited):
			return "no"
		}
		return err.Error()
	})
}

// expected is what lists must return: the library's limit is a list of 2^22 numbers.
func expected() experiment.Table {
	return listed(func(p redpacket.Params, m redpacket.Method) string {
		numbers := new(big.Int).Mul(p.Count(), big.NewInt(int64(p.N)))
		if m == redpacket.Uniform || numbers.Cmp(big.NewInt(1<<22)) <= 0 {
			return "yes"
		}
		return "no"
	})
}

func listed(can func(redpacket.Params, redpacket.Method) string) experiment.Table {
	t := experiment.Table{Header: listHeader}
	for _, n := range []int{3, 5, 7, 8, 9, 10, 20, 50, 100} {
		p := packet(n)
		bytes := new(big.Float).SetInt(p.Count())
		bytes.Mul(bytes, big.NewFloat(float64(8*n)))
		t.Add(n, digits(p.Count()), bytes.Text('g', 3), can(p, redpacket.Enumerate), can(p, redpacket.Uniform))
	}
	return t
}

// digits is the number, or its beginning and how long it is.
func digits(n *big.Int) string {
	if s := n.String(); len(s) <= 12 {
		return s
	}
	return new(big.Float).SetInt(n).Text('e', 3)
}

var people = []int{2, 3, 4, 5, 6, 7, 8, 9}

// ways counts, for narrow and for wide ranges.
func ways() experiment.Table {
	t := experiment.Table{Header: []string{"ways, by the number of people"}}
	for _, n := range people {
		t.Header = append(t.Header, strconv.Itoa(n))
	}
	for _, c := range []struct {
		name string
		of   func(n int) redpacket.Params
	}{
		{"3 to 8, 5 each", packet},
		{"3 to 8, 4 each", func(n int) redpacket.Params {
			return redpacket.Params{N: n, Min: 3, Max: 8, Sum: 4 * int64(n)}
		}},
		{"4 to 6, 5 each", func(n int) redpacket.Params {
			return redpacket.Params{N: n, Min: 4, Max: 6, Sum: 5 * int64(n)}
		}},
	} {
		row := []any{c.name}
		for _, n := range people {
			row = append(row, c.of(n).Count())
		}
		t.Add(row...)
	}
	return t
}

// draws of the 651 ways: that one of them is not seen has a probability of 651 * e^-60.
const draws = 60 * 651

var seenHeader = []string{"method", "ways seen"}

// drawn counts how many ways come out, with a list and without.
func drawn(src rand.Source) (experiment.Table, error) {
	t := experiment.Table{Header: seenHeader}
	for _, m := range []redpacket.Method{redpacket.Enumerate, redpacket.Uniform} {
		s, err := redpacket.New(packet(5), redpacket.WithMethod(m))
		if err != nil {
			return t, err
		}
		seen := make(map[[5]int64]bool)
		var parts []int64
		for range draws {
			parts = s.Append(parts[:0], src)
			seen[[5]int64(parts)] = true
		}
		t.Add(m, fmt.Sprintf("%d of %d", len(seen), packet(5).Count()))
	}
	return t, nil
}

func allSeen() experiment.Table {
	t := experiment.Table{Header: seenHeader}
	t.Add(redpacket.Enumerate, "651 of 651")
	t.Add(redpacket.Uniform, "651 of 651")
	return t
}
