// Package console answers: how is a sum split from a terminal?
//
// Split is "gopark split" (split.go); with --file it checks a file of exact numbers (vectors.go).
package console

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"lab.example/gopark/internal/cli"
	"lab.example/gopark/internal/hint"
	"lab.example/gopark/redpacket"
	"lab.example/gopark/redpacket/random"
)

// Split is "gopark split".
type Split struct {
	N      int              `short:"n" placeholder:"N" help:"How many parts."`
	Min    int64            `placeholder:"MIN" help:"The smallest part. Write a negative one as --min=-3."`
	Max    int64            `placeholder:"MAX" help:"The largest part."`
	Sum    int64            `placeholder:"SUM" help:"What is split."`
	Method redpacket.Method `default:"uniform" placeholder:"NAME" help:"How; the names are below."`
	Seed   *uint64          `placeholder:"SEED" help:"Split as every run with this seed does; default: a new one."`
	Count  bool             `help:"Do not split, but print how many splits there are, exactly."`
	JSON   bool             `help:"Print a JSON object."`
	File   string           `type:"path" placeholder:"FILE" help:"Check a file of exact counts and marginals instead."`
}

// Help is the long help text.
func (Split) Help() string {
	return `Splits a sum into N parts of MIN..MAX each, and prints a part a line. By default every split
is equally likely, exactly; the other methods are there to be compared with:
` + strings.Join(redpacket.Methods(), ", ") + `.

With --json the object has "parts", "method", "seed" (the one to give to --seed for the same
parts) and "draws" (the random words of 64 bits that were used), or with --count only "count",
a decimal number in a string.

A file for --file is a JSON object with "cases", each with n, a (the least), b (the most), s (the
sum) and what is claimed of them: feasible, solutions, first_part_marginal (v and p),
marginal_sha256, mean_part, variance_first_part, covariance_two_parts, expected_max and
lexicographic_unrank.

The exit status is 0, or 1 if a file claims what is not so, or 2 if there is no such split or the
command line makes no sense.`
}

// Run does it.
func (c Split) Run(ctx context.Context, t *cli.Terminal) error {
	if c.File != "" {
		return check(ctx, t, c.File, c.JSON)
	}
	p := redpacket.Params{N: c.N, Min: c.Min, Max: c.Max, Sum: c.Sum}
	if p == (redpacket.Params{}) {
		return cli.Usage(hint.With(errors.New("nothing is to be split"), "for example: gopark split --n 50 --min 3 --max 8 --sum 250"))
	}
	if err := p.Validate(); err != nil {
		return cli.Usage(wayOut(p, err))
	}
	if c.Count {
		return c.count(ctx, t, p)
	}
	s, err := redpacket.New(p, redpacket.WithMethod(c.Method))
	if err != nil {
		return cli.Usage(hint.With(err, "--method uniform takes every sum that can be split"))
	}
	seed := newSeed()
	if c.Seed != nil {
		seed = *c.Seed
	}
	return c.split(ctx, t, s, seed)
}

// wayOut adds what sums are possible to the error that a sum is not.
func wayOut(p redpacket.Params, err error) error {
	switch {
	case p.N < 1:
		return hint.With(err, "say how many parts: --n 50")
	case p.Min > p.Max:
		return hint.With(err, "say what a part may be: --min 3 --max 8")
	}
	least, most := p.Sums()
	return hint.With(err, "%d parts of %d..%d take a sum of %d to %d", p.N, p.Min, p.Max, least, most)
}

// newSeed returns a seed that JavaScript's numbers can hold, so that it survives JSON.
func newSeed() uint64 { return uint64(random.Seed()) >> 11 }

// count prints how many splits there are. Of many parts that takes long, so it does not keep
// anybody who wants to leave.
func (c Split) count(ctx context.Context, t *cli.Terminal, p redpacket.Params) error {
	counted := make(chan string, 1)
	go func() { counted <- p.Count().String() }()
	select {
	case n := <-counted:
		if c.JSON {
			return t.JSON(map[string]string{"count": n})
		}
		t.Printf("%s\n", n)
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// split prints a split while it is made, so that 10^8 parts take no memory.
func (c Split) split(ctx context.Context, t *cli.Terminal, s *redpacket.Splitter, seed uint64) error {
	source := &random.Counted{Source: random.PCG(int64(seed))}
	out := bufio.NewWriterSize(t.Out, 1<<16)
	var b []byte
	separator := ""
	if c.JSON {
		out.WriteString(`{"parts":[`)
	}
	n := 0
	for v := range s.All(source) {
		if n++; n%4096 == 0 && ctx.Err() != nil {
			return errors.Join(context.Cause(ctx), out.Flush())
		}
		b = strconv.AppendInt(append(b[:0], separator...), v, 10)
		if c.JSON {
			separator = ","
		} else {
			b = append(b, '\n')
		}
		if _, err := out.Write(b); err != nil {
			return fmt.Errorf("write parts: %w", err)
		}
	}
	if c.JSON {
		method, err := json.Marshal(s.Method())
		if err != nil {
			return fmt.Errorf("write method: %w", err)
		}
		fmt.Fprintf(out, `],"method":%s,"seed":%d,"draws":%d}`+"\n", method, seed, source.Words)
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("write parts: %w", err)
	}
	return nil
}
