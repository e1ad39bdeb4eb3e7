package conformance

import (
	"math/rand/v2"
	"slices"

	"golang.org/x/exp/trace"
)

// control replays swapped histories and returns how many there were, and how many of
// them could not be explained.
func control(h *history, o options, width int) (swaps, caught int) {
	pairs := h.pairs()
	if len(pairs) == 0 {
		return 0, 0
	}
	random := rand.New(rand.NewPCG(o.seed, 61))
	for range o.swaps {
		pair := pairs[random.IntN(len(pairs))]
		s := newSearch(h.swapped(pair), o, width)
		s.limit = 1
		if s.run().cost.gaps > 0 {
			caught++
		}
		swaps++
	}
	return swaps, caught
}

// pair is two starts of different goroutines in a row on one P, of which the second
// goroutine was already in a queue when the P chose the first. In which order the two
// got there is known: otherwise the swapped trace may be as good as the real one.
type pair struct{ first, second int32 }

func (h *history) pairs() []pair {
	var all []pair
	for _, lane := range h.lanes {
		previous := int32(none)
		for _, i := range lane {
			if h.ops[i].kind != get {
				continue
			}
			if previous != none && h.waits(i, previous) && h.waits(previous, previous) {
				if h.ops[i].g != h.ops[previous].g && h.inOrder(previous, i) {
					all = append(all, pair{previous, i})
				}
			}
			previous = i
		}
	}
	return all
}

// waits reports whether a goroutine that is started was in a queue when another start
// was made, or before the same one, and not by a way that the trace leaves open.
func (h *history) waits(start, other int32) bool {
	put := h.ops[start].partner
	if put < 0 || h.ops[put].kind != putReady && h.ops[put].kind != putYield {
		return false
	}
	return start == other || h.before(put, other)
}

// inOrder reports whether the trace says which of two starts' goroutines was put into a
// queue first.
func (h *history) inOrder(a, b int32) bool {
	x, y := h.ops[a].partner, h.ops[b].partner
	return h.before(x, y) || h.before(y, x)
}

// swapped returns the history in which the two goroutines of a pair have changed
// places, from the first start on: what one did, the other does.
func (h *history) swapped(p pair) *history {
	c := *h
	c.ops = slices.Clone(h.ops)
	a, b := h.ops[p.first].g, h.ops[p.second].g
	for i := p.first; int(i) < len(c.ops); i++ {
		switch o := &c.ops[i]; o.g {
		case a:
			o.g = b
		case b:
			o.g = a
		}
	}
	c.match()
	return &c
}

// contested counts the starts at which another goroutine was waiting in some queue for
// certain. Where none was, the rules had little to choose.
func (h *history) contested() int {
	var in, out []trace.Time // when goroutines were in a queue at the latest, and out of it at the earliest
	for i := range h.ops {
		switch o := &h.ops[i]; {
		case o.kind == idle:
		case o.kind != get:
			in = append(in, o.hi)
		case o.partner >= 0:
			out = append(out, o.lo)
		}
	}
	slices.Sort(in)
	slices.Sort(out)
	n := 0
	for i := range h.ops {
		o := &h.ops[i]
		if o.kind != get {
			continue
		}
		waiting, _ := slices.BinarySearch(in, o.lo)
		gone, _ := slices.BinarySearch(out, o.hi+1)
		lane := h.lanes[o.lane]
		for at := o.index - 1; at >= 0 && h.ops[lane[at]].hi >= o.lo; at-- {
			if before := &h.ops[lane[at]]; before.kind != get && before.kind != idle {
				waiting++
			}
		}
		for at := o.index + 1; int(at) < len(lane) && h.ops[lane[at]].lo <= o.hi; at++ {
			if after := &h.ops[lane[at]]; after.kind == get && after.partner >= 0 {
				gone--
			}
		}
		if o.partner >= 0 {
			gone--
			if h.before(o.partner, int32(i)) {
				waiting--
			}
		}
		if waiting > gone {
			n++
		}
	}
	return n
}
