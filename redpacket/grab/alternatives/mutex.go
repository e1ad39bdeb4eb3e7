package alternatives

import (
	"context"
	"sync"

	"lab.example/gopark/redpacket/grab"
)

// mutex is the obvious envelope: everything behind one lock. It is the easiest to get right and
// to change, say when a user may give his part back. One core does it as fast as any; the others
// wait.
type mutex struct {
	mu     sync.Mutex
	pile   *grab.Pile
	grants map[string]grab.Grant
}

func newMutex(p *grab.Pile) grab.Envelope {
	return &mutex{pile: p, grants: make(map[string]grab.Grant)}
}

func (m *mutex) Grab(ctx context.Context, user string) (grab.Grant, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return claim(ctx, m.pile, m.grants, user)
}

// claim gives the user a part. The caller has locked grants.
func claim(ctx context.Context, p *grab.Pile, grants map[string]grab.Grant, user string) (grab.Grant, error) {
	if ctx.Err() != nil {
		return grab.Grant{}, context.Cause(ctx)
	}
	if g, ok := grants[user]; ok {
		return again(g), nil
	}
	g, err := p.Take()
	if err == nil {
		grants[user] = g
	}
	return g, err
}

func (m *mutex) Left() int { return m.pile.Left() }

func (m *mutex) Grants() []grab.Grant { return m.pile.Grants() }
