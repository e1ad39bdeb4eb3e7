package conformance

import "slices"

// The order in which two Ps put goroutines on the global queue, each while the other
// was about to, is not in the trace. To follow both orders doubles the hypotheses at
// every such pair, and the global queue can hold a hundred of them. It is better not to
// decide before the first of the pair is taken out: an entry may change places with its
// neighbours until then, if its put can have been earlier, or later, than theirs, and
// if nothing has counted the queue between them.

// putGlobal puts a goroutine on the tail of the global queue, or among the last entries
// if it will be started earlier than those that it can have preceded.
func (w *world) putGlobal(m *machine, put int32) {
	queue := push(m.global, entry{put, m.number(put)})
	i := len(queue) - 1
	for ; i > 0; i-- {
		other := queue[i-1]
		if w.timestamps || other.number != queue[i].number-1 || w.before(other.put, put) || !w.sooner(put, other.put) {
			break
		}
		queue[i].put, queue[i-1].put = other.put, put
		m.pushed = m.pushed.with(other.number, put, other.put)
	}
	if i < len(queue)-1 && w.ops[put].at > w.ops[queue[i+1].put].at {
		m.cost.moved++
	}
	m.cost.doubt += w.doubt(queue[:i], put)
	m.global = queue
}

// sooner reports whether a is started earlier than b.
func (w *world) sooner(a, b int32) bool {
	x, y := w.ops[a].partner, w.ops[b].partner
	return x >= 0 && (y < 0 || w.ops[x].start < w.ops[y].start)
}

// reach is how far an entry can be from where it is wanted, and how many entries on
// either side are looked at.
const reach = 24

// claim returns a copy of m in which a certain entry is the wanted put, or nil if it
// cannot be.
func (w *world) claim(m *machine, e entry, want int32) *machine {
	if e.put == want {
		return m.clone()
	}
	if e.number == 0 || w.timestamps {
		return nil
	}
	at := m.numberOf(want)
	if at == 0 || max(at-e.number, e.number-at) > reach {
		return nil
	}
	first, puts := m.stretch(min(at, e.number), max(at, e.number))
	if puts == nil {
		return nil
	}
	live := make([]bool, len(puts))
	m.numbered(first, first+int32(len(puts)), func(e entry) { live[e.number-first] = true })
	s := sorter{w: w, puts: puts, live: live, want: want, target: int(e.number - first), budget: 400}
	if !s.sort(0) {
		return nil
	}
	c := m.clone()
	c.cost.moved++
	c.renumber(first, s.sorted)
	return c
}

// stretch returns the puts around two numbers, and the number of the first of them. It
// returns nil if something has counted the queue between the two.
func (m *machine) stretch(low, high int32) (int32, []int32) {
	for n := low; n <= high; n++ {
		if m.pushed.at(n) == none {
			return 0, nil
		}
	}
	first, last := low, high
	for low-first < reach && m.pushed.at(first-1) != none {
		first--
	}
	for last-high < reach && m.pushed.at(last+1) != none {
		last++
	}
	puts := make([]int32, 0, last-first+1)
	for n := first; n <= last; n++ {
		puts = append(puts, m.pushed.at(n))
	}
	return first, puts
}

// sorter looks for another order of a stretch of the global queue, in which one put is
// in a given place, those that were taken out are where they were, and none comes
// before one that is known to have been earlier.
type sorter struct {
	w      *world
	puts   []int32
	live   []bool
	want   int32
	target int
	budget int // of tries

	sorted []int32
}

func (s *sorter) sort(at int) bool {
	if at == len(s.puts) {
		return true
	}
	s.budget--
	if s.budget < 0 {
		return false
	}
	try := func(put int32) bool {
		if slices.Contains(s.sorted, put) || !s.comesFirst(put) {
			return false
		}
		s.sorted = append(s.sorted, put)
		if s.sort(at + 1) {
			return true
		}
		s.sorted = s.sorted[:at]
		return false
	}
	switch {
	case !s.live[at]:
		return try(s.puts[at])
	case at == s.target:
		return try(s.want)
	}
	for i, put := range s.puts {
		if s.live[i] && put != s.want && try(put) {
			return true
		}
	}
	return false
}

// comesFirst reports whether nothing that is left must come before a put.
func (s *sorter) comesFirst(put int32) bool {
	for _, p := range s.puts {
		if p != put && s.w.before(p, put) && !slices.Contains(s.sorted, p) {
			return false
		}
	}
	return true
}

// numbered calls f with the entries from one number to before another.
func (m *machine) numbered(first, end int32, f func(entry)) {
	m.queues(func(queue *[]entry) {
		for _, e := range *queue {
			if first <= e.number && e.number < end {
				f(e)
			}
		}
	})
}

// numberOf returns the number of a put, or 0.
func (m *machine) numberOf(put int32) (number int32) {
	m.queues(func(queue *[]entry) {
		for _, e := range *queue {
			if e.put == put {
				number = e.number
			}
		}
	})
	return number
}

// renumber replaces the entries from one number on.
func (m *machine) renumber(first int32, puts []int32) {
	m.pushed = m.pushed.with(first, puts...)
	m.queues(func(queue *[]entry) {
		copied := false
		for i, e := range *queue {
			if first <= e.number && int(e.number-first) < len(puts) && e.put != puts[e.number-first] {
				if !copied {
					*queue = slices.Clone(*queue)
					copied = true
				}
				(*queue)[i].put = puts[e.number-first]
			}
		}
	})
}

// queues calls f with every queue that can hold numbered entries.
func (m *machine) queues(f func(*[]entry)) {
	f(&m.global)
	for i := range m.places {
		f(&m.places[i].ring)
		f(&m.places[i].taken)
	}
}

// number gives a put, or none, the next number. From time to time it forgets the
// numbers that no entry can reach any more.
func (m *machine) number(put int32) int32 {
	n := m.pushed.next()
	m.pushed = m.pushed.push(put)
	if m.pushed.whole() {
		oldest := n
		m.queues(func(queue *[]entry) {
			for _, e := range *queue {
				if e.number > 0 {
					oldest = min(oldest, e.number)
				}
			}
		})
		m.pushed = m.pushed.from(oldest - reach)
	}
	return n
}

// counted says that the order of what was put on the global queue before, and of what
// will be, is known.
func (m *machine) counted() { m.number(none) }
