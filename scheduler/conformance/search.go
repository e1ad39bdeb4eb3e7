package conformance

import (
	"cmp"
	"slices"
)

// search carries hypotheses through a history.
type search struct {
	world
	width int
	limit int // stop at so many gaps; 0 means never

	alive []*machine // best first
	peak  int
}

func newSearch(h *history, o options, width int) *search {
	s := &search{world: world{history: h, rules: o.rules, timestamps: o.timestamps}, width: width}
	s.alive = []*machine{newMachine(h, &s.rules)}
	return s
}

// run replays the history and returns the best hypothesis.
//
// Operations are taken in the order of their deadlines. At each, every hypothesis that
// has not done it yet becomes all those that have: it may first do what the other lanes
// are in the middle of, which is what cannot be read from the trace. Only if no
// hypothesis gets there is the operation done against the rules.
func (s *search) run() *machine {
	for _, i := range s.deadlines(s.timestamps) {
		s.advance(i)
		if s.limit > 0 && s.alive[0].cost.gaps >= s.limit {
			break
		}
	}
	return s.alive[0]
}

func (s *search) advance(i int32) {
	o := &s.ops[i]
	f := frontier{seen: make(map[uint64]int), done: func(m *machine) bool { return m.lanes[o.lane] > o.index }}
	for _, m := range s.alive {
		s.lookAround(m, o)
		f.reach(m)
	}
	stranded := slices.Clone(f.todo)
	var next []*machine
	for len(f.todo) > 0 {
		m := f.todo[0]
		f.todo = f.todo[1:]
		for lane := range int32(len(s.lanes)) {
			next = next[:0]
			if s.mayStep(m, lane, o) {
				next = s.steps(next, m, lane)
			}
			if s.mayRecheck(m, lane, o) {
				next = s.recheck(next, m, s.next(m, lane), s.lanes[lane][m.lanes[lane]])
			}
			for _, c := range next {
				s.lookAround(c, o)
				f.reach(c)
			}
		}
	}
	if len(f.there) == 0 {
		for _, m := range stranded {
			f.there = append(f.there, s.force(s.catchUp(m, o), i))
		}
	}
	s.keep(f.there)
}

// frontier is what has been reached on the way to one deadline.
type frontier struct {
	done  func(*machine) bool
	seen  map[uint64]int // index in there, or -1
	todo  []*machine
	there []*machine
}

func (f *frontier) reach(m *machine) {
	h := m.hash()
	at, known := f.seen[h]
	switch {
	case known:
		if at >= 0 && compare(m, f.there[at]) < 0 {
			f.there[at] = m
		}
	case f.done(m):
		f.seen[h] = len(f.there)
		f.there = append(f.there, m)
	default:
		f.seen[h] = -1
		f.todo = append(f.todo, m)
	}
}

// mayStep reports whether a lane can be in the middle of its next operation before
// the deadline of another.
func (s *search) mayStep(m *machine, lane int32, before *op) bool {
	if int(m.lanes[lane]) >= len(s.lanes[lane]) {
		return false
	}
	if s.timestamps {
		return lane == before.lane
	}
	return s.next(m, lane).lo <= before.hi
}

// mayRecheck is the same for the look at the global queue of a thread without a P.
func (s *search) mayRecheck(m *machine, lane int32, before *op) bool {
	if s.timestamps || int(m.lanes[lane]) >= len(s.lanes[lane]) {
		return false
	}
	o := s.next(m, lane)
	return o.kind == get && o.recheck <= before.hi
}

// lookAround lets every P that is in the middle of a start look around.
func (s *search) lookAround(m *machine, before *op) {
	for lane := range int32(s.places) {
		if s.mayStep(m, lane, before) {
			if o := s.next(m, lane); o.kind == get {
				s.look(m, o)
			}
		}
	}
}

// catchUp does what must come before an operation that is done against the rules: the
// rest of its lane, and of a get, its put.
func (s *search) catchUp(m *machine, o *op) *machine {
	if o.kind == get && o.partner >= 0 {
		put := &s.ops[o.partner]
		m = s.doUntil(m, put.lane, put.index+1)
	}
	return s.doUntil(m, o.lane, o.index)
}

func (s *search) doUntil(m *machine, lane, index int32) *machine {
	for m.lanes[lane] < index {
		if next := s.steps(nil, m, lane); len(next) > 0 {
			m = next[0]
		} else {
			m = s.force(m, s.lanes[lane][m.lanes[lane]])
		}
	}
	return m
}

// compare orders hypotheses, the best first.
func compare(a, b *machine) int {
	return cmp.Or(
		cmp.Compare(a.cost.gaps, b.cost.gaps),
		cmp.Compare(a.cost.stops, b.cost.stops),
		cmp.Compare(a.cost.doubt+a.cost.picks, b.cost.doubt+b.cost.picks),
	)
}

// keep drops the worst hypotheses.
func (s *search) keep(all []*machine) {
	slices.SortStableFunc(all, compare)
	s.peak = max(s.peak, len(all))
	s.alive = all[:min(len(all), s.width)]
}
