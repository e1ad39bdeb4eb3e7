package alternatives

import (
	"context"
	"hash/maphash"
	"sync"

	"lab.example/gopark/redpacket/grab"
)

// maps is what most people would build next: many Go maps with a lock each, and a counter for the
// parts. It is grab.Memory but for the table.
type maps struct {
	pile   *grab.Pile
	seed   maphash.Seed
	shards [256]struct {
		mu     sync.Mutex
		grants map[string]grab.Grant
		_      [48]byte
	}
}

func newMaps(p *grab.Pile) grab.Envelope {
	m := &maps{pile: p, seed: maphash.MakeSeed()}
	for i := range m.shards {
		m.shards[i].grants = make(map[string]grab.Grant)
	}
	return m
}

func (m *maps) Grab(ctx context.Context, user string) (grab.Grant, error) {
	s := &m.shards[maphash.String(m.seed, user)%uint64(len(m.shards))]
	s.mu.Lock()
	defer s.mu.Unlock()
	return claim(ctx, m.pile, s.grants, user)
}

func (m *maps) Left() int { return m.pile.Left() }

func (m *maps) Grants() []grab.Grant { return m.pile.Grants() }
