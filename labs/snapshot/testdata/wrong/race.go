package snapshot

import (
	"maps"
	"slices"
	"sync"
)

// New returns a book whose readers take no lock, and nothing else either.
func New(first Routes) Book {
	return &book{newest: copied(first)}
}

type book struct {
	newest  Routes     // is never written again, only replaced
	writing sync.Mutex // from the copy of an edition to the next one
}

func (b *book) Now() Routes { return b.newest }

func (b *book) Servers(host string) []string { return slices.Clone(b.Now()[host]) }

func (b *book) Update(change func(draft Routes)) {
	b.writing.Lock()
	defer b.writing.Unlock() // also if change panics
	draft := copied(b.newest)
	change(draft)
	b.newest = draft
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

// verdict: race: nothing orders them
