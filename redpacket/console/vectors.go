package console

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/big"
	"os"

	"lab.example/gopark/internal/cli"
	"lab.example/gopark/internal/hint"
	"lab.example/gopark/redpacket"
)

// vector is what a file claims of one sum. What is missing is not checked.
type vector struct {
	Name       string             `json:"name"`
	N          int                `json:"n"`
	A          int64              `json:"a"`
	B          int64              `json:"b"`
	S          int64              `json:"s"`
	Feasible   *bool              `json:"feasible"`
	Solutions  *string            `json:"solutions"`
	First      []probability      `json:"first_part_marginal"`
	Hash       string             `json:"marginal_sha256"` // of lines "v p\n", for all v with p > 0
	Mean       string             `json:"mean_part"`
	Variance   string             `json:"variance_first_part"`
	Covariance string             `json:"covariance_two_parts"`
	Largest    string             `json:"expected_max"`
	Unranked   map[string][]int64 `json:"lexicographic_unrank"`
}

type probability struct {
	V int64  `json:"v"`
	P string `json:"p"`
}

// result is what was found out about a case.
type result struct {
	Name   string   `json:"name"`
	Checks int      `json:"checks"` // that were made
	Wrong  []string `json:"wrong"`
}

// check checks the cases of a file.
func check(ctx context.Context, t *cli.Terminal, name string, asJSON bool) error {
	text, err := os.ReadFile(name)
	if err != nil {
		return cli.Usage(fmt.Errorf("read cases: %w", err))
	}
	var file struct {
		Cases []vector `json:"cases"`
	}
	if err := json.Unmarshal(text, &file); err != nil {
		return cli.Usage(hint.With(fmt.Errorf("read %s: %w", name, err), "gopark split --help says what the file should be"))
	}
	if len(file.Cases) == 0 {
		return cli.Usage(hint.With(fmt.Errorf("%s has no cases", name), "gopark split --help says what the file should be"))
	}
	results := make([]result, 0, len(file.Cases))
	failed := false
	for _, v := range file.Cases {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		r := v.check()
		failed = failed || len(r.Wrong) > 0
		results = append(results, r)
		if !asJSON {
			r.print(t)
		}
	}
	if asJSON {
		if err := t.JSON(results); err != nil {
			return err
		}
	}
	if failed {
		return cli.Status(cli.ExitFailed)
	}
	return nil
}

func (r result) print(t *cli.Terminal) {
	if len(r.Wrong) == 0 {
		t.Printf("ok    %s (%d checks)\n", r.Name, r.Checks)
		return
	}
	t.Printf("WRONG %s\n", r.Name)
	for _, w := range r.Wrong {
		t.Printf("      %s\n", w)
	}
}

// same notes that a claim is so, or what is.
func (r *result) same(what, claimed, is string) {
	r.Checks++
	if claimed != is {
		r.Wrong = append(r.Wrong, fmt.Sprintf("%s: it says %s, and it is %s", what, claimed, is))
	}
}

func (v vector) check() result {
	r := result{Name: v.Name, Wrong: []string{}}
	p := redpacket.Params{N: v.N, Min: v.A, Max: v.B, Sum: v.S}
	err := p.Validate()
	if v.Feasible != nil {
		r.same("feasible", fmt.Sprint(*v.Feasible), fmt.Sprint(err == nil))
	}
	if v.Solutions != nil {
		r.same("solutions", *v.Solutions, p.Count().String())
	}
	if err != nil {
		return r
	}
	for _, first := range v.First {
		r.same(fmt.Sprintf("first part %d", first.V), first.P, p.Marginal(first.V).RatString())
	}
	v.checkMoments(p, &r)
	v.checkRanks(p, &r)
	return r
}

// mostValues is up to how many values of a part all their probabilities are computed.
const mostValues = 1 << 16

// checkMoments checks what takes the probability of every value.
func (v vector) checkMoments(p redpacket.Params, r *result) {
	if p.N > 0 && v.Mean != "" {
		r.same("mean", v.Mean, big.NewRat(p.Sum, int64(p.N)).RatString())
	}
	least, most := p.Values()
	if v.Hash == "" && v.Variance == "" && v.Covariance == "" || p.N == 0 || uint64(most)-uint64(least) >= mostValues {
		return
	}
	hash := sha256.New()
	mean := big.NewRat(p.Sum, int64(p.N))
	variance := new(big.Rat)
	for value := least; ; value++ {
		share := p.Marginal(value)
		fmt.Fprintf(hash, "%d %s\n", value, share.RatString())
		d := new(big.Rat).Sub(new(big.Rat).SetInt64(value), mean)
		variance.Add(variance, d.Mul(d, d).Mul(d, share))
		if value == most {
			break
		}
	}
	if v.Hash != "" {
		r.same("hash of all probabilities", v.Hash, hex.EncodeToString(hash.Sum(nil)))
	}
	if v.Variance != "" {
		r.same("variance", v.Variance, variance.RatString())
	}
	if v.Covariance != "" && p.N > 1 { // all parts together do not vary
		r.same("covariance", v.Covariance, variance.Quo(variance, big.NewRat(int64(1-p.N), 1)).RatString())
	}
	if v.Largest != "" {
		r.same("mean of the largest part", v.Largest, largest(p, least, most).RatString())
	}
}

// largest returns the mean of the largest part: the sum over all values of how likely it is to
// be at least that value.
func largest(p redpacket.Params, least, most int64) *big.Rat {
	mean := new(big.Rat).SetInt64(least)
	all := p.Count()
	for value := least; value < most; value++ {
		fewer := p
		fewer.Max = value // no part is larger
		above := new(big.Int).Sub(all, fewer.Count())
		mean.Add(mean, new(big.Rat).SetFrac(above, all))
	}
	return mean
}

func (v vector) checkRanks(p redpacket.Params, r *result) {
	s, err := redpacket.New(p)
	if err != nil {
		r.same("split", "possible", err.Error())
		return
	}
	for text, parts := range v.Unranked {
		rank, ok := new(big.Int).SetString(text, 10)
		if !ok {
			r.same("rank", text, "no number")
			continue
		}
		got, err := s.Unrank(rank)
		r.same("split "+text, fmt.Sprint(parts), said(got, err))
		back, err := s.Rank(parts)
		r.same("rank of split "+text, text, said(back, err))
	}
}

func said(v any, err error) string {
	if err != nil {
		return err.Error()
	}
	return fmt.Sprint(v)
}
