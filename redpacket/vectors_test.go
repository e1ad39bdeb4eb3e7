package redpacket

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/big"
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

// vector is a case of testdata/vectors.json: exact numbers that were computed in two or three
// other ways each, named in cross_check.
type vector struct {
	Name             string             `json:"name"`
	N                int                `json:"n"`
	A                int64              `json:"a"`
	B                int64              `json:"b"`
	S                int64              `json:"s"`
	Feasible         bool               `json:"feasible"`
	Solutions        string             `json:"solutions"`
	First            []vectorShare      `json:"first_part_marginal"`
	MarginalHash     string             `json:"marginal_sha256"` // of lines "v p\n"
	MarginalNote     string             `json:"marginal_note"`
	Mean             string             `json:"mean_part"`
	Variance         string             `json:"variance_first_part"`
	LexicographicRow map[string][]int64 `json:"lexicographic_unrank"`
}

type vectorShare struct {
	V int64  `json:"v"`
	P string `json:"p"`
}

func (v vector) params() Params { return Params{v.N, v.A, v.B, v.S} }

func vectors(t *testing.T) (cases []vector) {
	text, err := os.ReadFile("testdata/vectors.json")
	require.NoError(t, err)
	var file struct{ Cases []vector }
	require.NoError(t, json.Unmarshal(text, &file))
	require.NotEmpty(t, file.Cases)
	return file.Cases
}

func TestVectors(t *testing.T) {
	for _, v := range vectors(t) {
		t.Run(v.Name, func(t *testing.T) {
			p := v.params()
			s, err := New(p)
			if !v.Feasible {
				require.ErrorIs(t, err, ErrInfeasible)
				require.Equal(t, "0", p.Count().String())
				return
			}
			require.NoError(t, err)
			require.Equal(t, v.Solutions, p.Count().String())
			for _, first := range v.First {
				require.Equal(t, first.P, p.Marginal(first.V).RatString(), "first part %d", first.V)
			}
			if v.MarginalHash != "" {
				require.Equal(t, v.MarginalHash, marginalHash(p))
			}
			for rank, parts := range v.LexicographicRow {
				r, ok := new(big.Int).SetString(rank, 10)
				require.True(t, ok)
				got, err := s.Unrank(r)
				require.NoError(t, err)
				require.Equal(t, parts, got)
				back, err := s.Rank(parts)
				require.NoError(t, err)
				require.Equal(t, rank, back.String())
			}
			requireValid(t, p, s.Append(nil, nil))
		})
	}
}

// marginalHash is that of all values of the first part that are possible.
func marginalHash(p Params) string {
	h := sha256.New()
	for v := p.Min; v <= p.Max; v++ {
		share := p.Marginal(v)
		if share.Sign() > 0 {
			fmt.Fprintf(h, "%d %s\n", v, share.RatString())
		} else if v > p.Min && p.Sum-int64(p.N-1)*p.Min < v {
			break // no larger one is possible
		}
	}
	return hex.EncodeToString(h.Sum(nil))
}

// requireValid holds that parts are a split of p.
func requireValid(t require.TestingT, p Params, parts []int64) {
	require.Len(t, parts, p.N)
	sum := new(big.Int)
	for _, v := range parts {
		require.True(t, p.Min <= v && v <= p.Max, "%v: %d", p, v)
		sum.Add(sum, big.NewInt(v))
	}
	require.Equal(t, big.NewInt(p.Sum).String(), sum.String(), "%v", p)
}
