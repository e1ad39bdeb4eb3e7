package conformance

import "slices"

// machine is one hypothesis: what the queues hold, and how far each lane has come.
// An entry of a queue is the number of the put that brought it there. Slices are shared
// between machines and therefore never written to: they are cut or copied.
type machine struct {
	global []entry
	loose  []entry // made ready by the scheduler, to be started without a queue
	places []place
	lanes  []int32 // how many of its operations each lane has done

	pushed tape // the numbers of the global queue

	cost  cost
	ahead bool // its last operation was done before one with an earlier event
	last  *step
}

// place is what a P has.
type place struct {
	runnext  int32 // or none
	ring     []entry
	head     int32   // how many entries have left the ring
	overflow []entry // taken off the ring, on its way to the global queue
	phases   uint64  // bit i: its tick can be i modulo Rules.Poll

	progress
}

// progress is how far a P is with a start.
type progress struct {
	passed   bool    // it has seen the global queue empty at the tick that polls
	searches bool    // it has seen its own queues and the global one empty
	eyes     bool    // it has seen a victim's ring empty, and looks into its runnext
	aim      aim     // it has counted a victim's ring
	taking   Reason  // how it took what it wants; "" if it has not
	taken    []entry // what it took besides, to be shown in its ring
}

// aim is that a thief will take n entries of a victim's ring, if its head has not moved.
type aim struct {
	victim int
	head   int32
	n      int
}

// entry is a goroutine in a queue: the put that brought it there, and its number among
// what was put on the global queue, or 0 if its place there is beyond doubt.
type entry struct{ put, number int32 }

const none = -1

// cost is what there is to be said against a hypothesis.
type cost struct {
	gaps  int // starts without a reason
	stops int // stops of a P that had work
	moved int // times when operations were not in the order of their events
	picks int // choices among several ways into a queue
	doubt int // the moved ones, and neighbours in the global queue that will start far apart
}

// step is what one start was explained by; a machine's steps are a list from its last.
type step struct {
	before *step
	start  int32 // op
	reason Reason
}

// steps returns what the starts were explained by, first to last.
func (m *machine) steps() []*step {
	var all []*step
	for s := m.last; s != nil; s = s.before {
		all = append(all, s)
	}
	slices.Reverse(all)
	return all
}

func newMachine(h *history, r *Rules) *machine {
	m := &machine{places: make([]place, h.places), lanes: make([]int32, len(h.lanes))}
	for i := range m.places {
		m.places[i] = place{runnext: none, phases: anyPhase(r)}
	}
	return m
}

// clone returns a copy whose queues can be replaced.
func (m *machine) clone() *machine {
	c := *m
	c.places = slices.Clone(m.places)
	c.lanes = slices.Clone(m.lanes)
	return &c
}

// tick advances a P's tick by one.
func (p *place) tick(r *Rules) {
	p.phases = (p.phases<<1 | p.phases>>(r.Poll-1)) & anyPhase(r)
}

// anyPhase is the phases of a P of whose tick nothing is known.
func anyPhase(r *Rules) uint64 { return ^uint64(0) >> (64 - r.Poll) }

// polls reports whether the P's tick can be one at which it looks at the global queue.
func (p *place) polls() bool { return p.phases&1 != 0 }

// cut takes n entries from the head of the ring.
func (p *place) cut(n int) []entry {
	entries := p.ring[:n:n]
	p.ring = p.ring[n:]
	p.head += int32(n)
	return entries
}

// push returns a queue with entries at its tail.
func push(queue []entry, entries ...entry) []entry {
	return append(queue[:len(queue):len(queue)], entries...)
}

// without returns a queue without one entry, and whether it had it.
func without(queue []entry, put int32) ([]entry, bool) {
	for i, e := range queue {
		if e.put == put {
			return push(queue[:i], queue[i+1:]...), true
		}
	}
	return queue, false
}

// hash tells machines apart that can still behave differently.
func (m *machine) hash() uint64 {
	h := uint64(14695981039346656037)
	mix := func(x uint64) {
		h ^= x
		h *= 0x9E3779B97F4A7C15
		h ^= h >> 29
	}
	queue := func(q []entry) {
		mix(uint64(len(q)) + 1<<40)
		for _, e := range q {
			number := int32(0)
			if e.number > 0 {
				number = m.pushed.next() - e.number
			}
			mix(uint64(e.put)<<32 | uint64(number))
		}
	}
	queue(m.global)
	queue(m.loose)
	for i := range m.places {
		p := &m.places[i]
		mix(uint64(p.runnext))
		mix(p.phases)
		for i, flag := range []bool{p.passed, p.searches, p.eyes, p.taking != ""} {
			if flag {
				mix(uint64(i) + 1)
			}
		}
		if p.aim.n > 0 && p.aim.head == m.places[p.aim.victim].head {
			mix(uint64(p.aim.n)<<16 | uint64(p.aim.victim))
		}
		queue(p.taken)
		queue(p.ring)
		queue(p.overflow)
	}
	for _, n := range m.lanes {
		mix(uint64(n))
	}
	return h
}
