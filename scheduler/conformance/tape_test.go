package conformance

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// TestTape compares tapes with a slice, and holds that none changes when another is
// made of it.
func TestTape(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		type version struct {
			tape tape
			want []int32
			from int32
		}
		all := []version{{from: 1}}
		for range rapid.IntRange(1, 30).Draw(t, "steps") {
			v := all[rapid.IntRange(0, len(all)-1).Draw(t, "version")]
			v.want = append([]int32(nil), v.want...)
			switch rapid.SampledFrom([]string{"push", "with", "from"}).Draw(t, "what") {
			case "push":
				for n := range int32(rapid.IntRange(1, 3*chunk).Draw(t, "puts")) {
					v.tape, v.want = v.tape.push(n), append(v.want, n)
				}
			case "with":
				n := rapid.Int32Range(0, int32(len(v.want))-v.from+1).Draw(t, "length")
				first := rapid.Int32Range(v.from, int32(len(v.want))-n+1).Draw(t, "first")
				puts := make([]int32, n)
				for i := range puts {
					puts[i] = 1000 + int32(i)
				}
				v.tape = v.tape.with(first, puts...)
				copy(v.want[first-1:], puts)
			case "from":
				v.from = rapid.Int32Range(v.from, max(v.from, int32(len(v.want)))).Draw(t, "from")
				v.tape = v.tape.from(v.from)
			}
			all = append(all, v)
		}
		for _, v := range all {
			next := v.tape.next()
			require.Equal(t, int32(len(v.want))+1, next)
			require.Equal(t, int32(none), v.tape.at(next))
			require.Equal(t, int32(none), v.tape.at(0))
			for n := v.from; n < next; n++ {
				require.Equal(t, v.want[n-1], v.tape.at(n))
			}
		}
	})
}
