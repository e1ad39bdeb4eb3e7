package snapshot

import (
	"maps"
	"slices"
	"sync/atomic"
)

// New returns a book whose writers try again until nobody was quicker, all the time with their
// first draft.
func New(first Routes) Book {
	b := new(book)
	edition := copied(first)
	b.newest.Store(&edition)
	return b
}

type book struct {
	newest atomic.Pointer[Routes] // what it points to is never written again
}

func (b *book) Now() Routes { return *b.newest.Load() }

func (b *book) Servers(host string) []string { return slices.Clone(b.Now()[host]) }

func (b *book) Update(change func(draft Routes)) {
	old := b.newest.Load()
	draft := copied(*old)
	change(draft)
	for !b.newest.CompareAndSwap(old, &draft) {
		old = b.newest.Load()
		maps.Copy(draft, copied(*old))
		change(draft)
	}
}

// copied returns a copy that shares neither the map nor a slice, and is not nil.
func copied(r Routes) Routes {
	c := make(Routes, len(r))
	maps.Copy(c, r)
	for host, servers := range c {
		c[host] = slices.Clone(servers)
	}
	return c
}

// verdict: assert: not with a new draft
