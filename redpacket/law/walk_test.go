package law

import (
	"testing"

	"github.com/stretchr/testify/require"

	"lab.example/gopark/redpacket"
)

// TestOfWalk compares the law with every possible walk, followed one by one.
func TestOfWalk(t *testing.T) {
	for _, p := range []redpacket.Params{
		{N: 2, Min: 3, Max: 8, Sum: 10},
		{N: 5, Min: 3, Max: 8, Sum: 25},
		{N: 6, Min: 0, Max: 5, Sum: 6},
		{N: 4, Min: 3, Max: 8, Sum: 12},
		{N: 4, Min: 3, Max: 8, Sum: 32},
		{N: 5, Min: 7, Max: 7, Sum: 35},
		{N: 6, Min: 0, Max: 3, Sum: 10}, // 10 is not divisible by 6
	} {
		want := followAll(p, 1, 0)
		got := OfWalk(p)
		require.InDelta(t, want.Outside, got.Outside, 1e-12, "%+v", p)
		require.InDelta(t, want.Draws, got.Draws, 1e-9, "%+v", p)
	}
}

// followAll adds up the law over all walks from part i on, ahead of the line.
func followAll(p redpacket.Params, i int, ahead int64) (l Walk) {
	mean := p.Sum / int64(p.N)
	if i == p.N {
		if last := mean - ahead; last < p.Min || last > p.Max {
			l.Outside = 1
		}
		return l
	}
	var allowed float64
	for part := p.Min; part <= p.Max; part++ {
		then := ahead + part - mean
		if then < p.Min-mean || then > p.Max-mean {
			continue
		}
		allowed++
		rest := followAll(p, i+1, then)
		l.Outside += rest.Outside
		l.Draws += rest.Draws
	}
	return Walk{l.Outside / allowed, l.Draws/allowed + float64(p.Max-p.Min+1)/allowed}
}
