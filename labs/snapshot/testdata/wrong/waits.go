package snapshot

import (
	"maps"
	"slices"
	"sync"
)

// New returns a book that can be read by many, unless somebody is changing it.
func New(first Routes) Book {
	return &book{newest: copied(first)}
}

type book struct {
	mu     sync.RWMutex // guards newest
	newest Routes
}

func (b *book) Now() Routes {
	b.mu.RLock()
	defer b.mu.RUnlock()
	return b.newest
}

func (b *book) Servers(host string) []string { return slices.Clone(b.Now()[host]) }

func (b *book) Update(change func(draft Routes)) {
	b.mu.Lock()
	defer b.mu.Unlock()
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

// verdict: assert: a reader waits for a writer
