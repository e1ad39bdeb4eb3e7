package redpacket

import (
	"encoding/binary"
	"errors"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// script is a source whose first words somebody has chosen: words that are all ones or all
// zeros, which a generator will never say, are where the rare branches are. What comes then is
// counted, so that there is an end to it.
type script struct {
	words []byte
	state uint64
}

func (s *script) Uint64() uint64 {
	if len(s.words) >= 8 {
		x := binary.LittleEndian.Uint64(s.words)
		s.words = s.words[8:]
		return x
	}
	s.state += 0x9e3779b97f4a7c15 // splitmix64
	z := s.state
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// FuzzSplit holds that any Params are split, or refused for a reason, whatever words a source
// says: by Split, by All and by Next again and again; and that a place leads back to its split.
func FuzzSplit(f *testing.F) {
	ones := slices.Repeat([]byte{0xff}, 64)
	for p := range streams {
		f.Add(int64(p.N), p.Min, p.Max, p.Sum, []byte{})
		f.Add(int64(p.N), p.Min, p.Max, p.Sum, ones)
		f.Add(int64(p.N), p.Min, p.Max, p.Sum, make([]byte, 64))
	}
	f.Add(int64(0), int64(0), int64(0), int64(0), []byte{})
	f.Add(int64(-1), int64(5), int64(4), int64(3), []byte{})
	f.Fuzz(func(t *testing.T, n, least, most, sum int64, words []byte) {
		const enough = 3000
		p := Params{int(n % enough), least, most, sum}
		source := func() *script { return &script{words: words} }
		parts, err := Split(p, source())
		if valid := p.Validate(); valid != nil || err != nil {
			require.Equal(t, valid, err)
			e, ok := errors.AsType[*ParamError](err)
			require.True(t, ok && e.Reason != "" && errors.Is(err, ErrInfeasible), "%v", err)
			return
		}
		requireValid(t, p, parts)
		s, err := New(p)
		require.NoError(t, err)
		require.True(t, slices.Equal(parts, slices.Collect(s.All(source()))))
		if p.N > 60 {
			return
		}
		src, rest, given := source(), p, []int64(nil)
		for rest.N > 0 {
			v, err := Next(src, rest)
			require.NoError(t, err)
			if left := rest.Sum - v; (left < rest.Sum) != (v > 0) && v != 0 {
				return // the sum of the others is not an int64
			}
			given = append(given, v)
			rest.N, rest.Sum = rest.N-1, rest.Sum-v
		}
		requireValid(t, p, given)
		if p.N > 20 {
			return
		}
		for _, split := range [][]int64{parts, given} {
			place, err := s.Rank(split)
			require.NoError(t, err)
			again, err := s.Unrank(place)
			require.NoError(t, err)
			require.True(t, slices.Equal(split, again))
		}
	})
}
