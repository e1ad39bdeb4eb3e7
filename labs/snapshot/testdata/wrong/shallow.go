package snapshot

import (
	"maps"
	"slices"
	"sync"
	"sync/atomic"
)

// New returns a book of which each edition has its own map, and all have the same slices.
func New(first Routes) Book {
	b := new(book)
	edition := copied(first)
	b.newest.Store(&edition)
	return b
}

type book struct {
	newest  atomic.Pointer[Routes] // what it points to is never written again
	writing sync.Mutex             // from the copy of an edition to the next one
}

func (b *book) Now() Routes { return *b.newest.Load() }

func (b *book) Servers(host string) []string { return slices.Clone(b.Now()[host]) }

func (b *book) Update(change func(draft Routes)) {
	b.writing.Lock()
	defer b.writing.Unlock() // also if change panics
	draft := maps.Clone(b.Now())
	change(draft)
	b.newest.Store(&draft)
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

// verdict: assert: the copy is too shallow
