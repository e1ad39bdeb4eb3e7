// Package packet answers: how does an experiment let its reader choose what is split?
//
// Four knobs (Knobs), which make Params or an error that says what would (Of), and the same four
// numbers among the observations (Packet), so that a check knows what was split.
package packet

import (
	"errors"

	"lab.example/gopark/internal/experiment"
	"lab.example/gopark/internal/hint"
	"lab.example/gopark/redpacket"
)

// Knobs returns the knobs parts, min, max and sum. p are their defaults; there are 2 parts or more,
// up to parts, of up to most coins each.
func Knobs(p redpacket.Params, parts, most int64) []experiment.Knob {
	return []experiment.Knob{
		{Name: "parts", Unit: "parts", Doc: "people who share", Default: int64(p.N), Min: 2, Max: parts},
		{Name: "min", Unit: "coins", Doc: "the smallest part", Default: p.Min, Min: 0, Max: most},
		{Name: "max", Unit: "coins", Doc: "the largest part", Default: p.Max, Min: 0, Max: most},
		{Name: "sum", Unit: "coins", Doc: "what is shared", Default: p.Sum, Min: 0, Max: parts * most},
	}
}

// Of returns what the Knobs of a run say is to be split. If there is no such split, the error is
// experiment.ErrKnob, and its hint says what there is.
func Of(r *experiment.Recorder) (redpacket.Params, error) {
	p := redpacket.Params{
		N: r.Knob("parts"), Min: int64(r.Knob("min")), Max: int64(r.Knob("max")), Sum: int64(r.Knob("sum")),
	}
	e, wrong := errors.AsType[*redpacket.ParamError](p.Validate())
	switch {
	case !wrong:
		return p, nil
	case p.Min > p.Max:
		return p, hint.With(experiment.BadKnob("%s", e.Reason), "min is %d, and max is %d", p.Min, p.Max)
	}
	least, most := p.Sums()
	return p, hint.With(experiment.BadKnob("%s", e.Reason),
		"%d parts of %d to %d take a sum of %d to %d", p.N, p.Min, p.Max, least, most)
}

// Packet is what was split, as it is observed: embed it in a struct of observations.
type Packet struct {
	Parts int64 `obs:"/packet/parts:parts"`
	Min   int64 `obs:"/packet/min:coins"`
	Max   int64 `obs:"/packet/max:coins"`
	Sum   int64 `obs:"/packet/sum:coins"`
}

// Observed returns what is to be recorded of p.
func Observed(p redpacket.Params) Packet {
	return Packet{Parts: int64(p.N), Min: p.Min, Max: p.Max, Sum: p.Sum}
}

// Params is the inverse of Observed. What was recorded need not be valid.
func (p Packet) Params() redpacket.Params {
	return redpacket.Params{N: int(p.Parts), Min: p.Min, Max: p.Max, Sum: p.Sum}
}
