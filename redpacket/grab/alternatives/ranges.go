package alternatives

import (
	"cmp"
	"context"
	"hash/maphash"
	"slices"
	"sync/atomic"

	"lab.example/gopark/redpacket/grab"
	"lab.example/gopark/redpacket/grab/users"
)

// ranges has the parts in eight ranges with a counter each, so that those who grab do not all
// write to the same word. A user begins with the range of his hash and goes round until one has
// something left. It pays where many cores fight for the one counter. On two it does not, and it
// gives up something: parts do not go in order.
type ranges struct {
	seed   maphash.Seed
	grants []grab.Grant
	users  *users.Table
	parts  [8]struct {
		from, to int
		taken    atomic.Int64
		_        [40]byte
	}
}

func newRanges(p *grab.Pile) grab.Envelope {
	r := &ranges{seed: maphash.MakeSeed(), users: users.New(p.Left())}
	for g, err := p.Take(); err == nil; g, err = p.Take() {
		r.grants = append(r.grants, g)
	}
	for i := range r.parts {
		r.parts[i].from = i * len(r.grants) / len(r.parts)
		r.parts[i].to = (i + 1) * len(r.grants) / len(r.parts)
	}
	return r
}

func (r *ranges) Grab(ctx context.Context, user string) (grab.Grant, error) {
	seat := r.users.Lock(user)
	defer seat.Unlock()
	if ctx.Err() != nil {
		return grab.Grant{}, context.Cause(ctx)
	}
	if i, ok := seat.Index(); ok {
		return again(r.grants[i]), nil
	}
	home := maphash.String(r.seed, user)
	for i := range uint64(len(r.parts)) {
		if index, ok := r.take(int((home + i) % uint64(len(r.parts)))); ok {
			seat.Take(index)
			return r.grants[index], nil
		}
	}
	return grab.Grant{}, grab.ErrSoldOut // all were empty when they were looked at, and stay so
}

func (r *ranges) take(of int) (index int, ok bool) {
	s := &r.parts[of]
	size := s.to - s.from
	if int(s.taken.Load()) >= size {
		return 0, false
	}
	i := int(s.taken.Add(1)) - 1
	return s.from + i, i < size
}

// Left adds up. While it does, some may be taken, so that the sum is not what was there at the
// beginning nor at the end; but it was there in between, since every number in between was.
func (r *ranges) Left() int {
	left := len(r.grants)
	for i := range r.parts {
		left -= r.given(i)
	}
	return left
}

func (r *ranges) given(of int) int {
	s := &r.parts[of]
	return min(int(s.taken.Load()), s.to-s.from)
}

// Grants has to be sure that there was a moment at which all counters were so: they only grow, and
// so there was one if they are the same when they are looked at again. It may have to try
// several times.
func (r *ranges) Grants() []grab.Grant {
	var before, after [len(r.parts)]int
	for {
		for i := range r.parts {
			after[i] = r.given(i)
		}
		if before == after {
			break
		}
		before = after
	}
	var grants []grab.Grant
	for i, n := range after {
		from := r.parts[i].from
		grants = append(grants, r.grants[from:from+n]...)
	}
	slices.SortFunc(grants, func(a, b grab.Grant) int { return cmp.Compare(a.Index, b.Index) })
	return grants
}
