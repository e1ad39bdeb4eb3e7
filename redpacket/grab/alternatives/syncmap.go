package alternatives

import (
	"context"
	"sync"

	"lab.example/gopark/redpacket/grab"
)

// syncMap keeps the users in a sync.Map. That is made for keys which are written once and read
// often; here nearly every key is new, and a new key is what it does slowest: a value of its own
// for each user, an interface around it, and a node of a tree.
//
// It also shows the trap in it: LoadOrStore alone decides who is first, but not what he gets. The
// one who is second finds a claim whose part is not there yet, and has to wait for it; so each
// claim has a lock of its own.
type syncMap struct {
	pile  *grab.Pile
	users sync.Map // string to *entry
}

type entry struct {
	mu    sync.Mutex
	given bool
	grant grab.Grant
}

func newSyncMap(p *grab.Pile) grab.Envelope { return &syncMap{pile: p} }

func (m *syncMap) Grab(ctx context.Context, user string) (grab.Grant, error) {
	e, err := m.entry(ctx, user)
	if err != nil {
		return grab.Grant{}, err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	switch {
	case ctx.Err() != nil:
		return grab.Grant{}, context.Cause(ctx)
	case e.given:
		return again(e.grant), nil
	}
	g, err := m.pile.Take()
	e.grant, e.given = g, err == nil
	return g, err
}

// entry is the user's; if there is nothing to be had any more, none is made.
func (m *syncMap) entry(ctx context.Context, user string) (*entry, error) {
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	if e, ok := m.users.Load(user); ok {
		return e.(*entry), nil
	}
	if m.pile.Left() == 0 {
		// He may have come between the two looks, and taken the last part.
		if e, ok := m.users.Load(user); ok {
			return e.(*entry), nil
		}
		return nil, grab.ErrSoldOut
	}
	e, _ := m.users.LoadOrStore(user, new(entry))
	return e.(*entry), nil
}

func (m *syncMap) Left() int { return m.pile.Left() }

func (m *syncMap) Grants() []grab.Grant { return m.pile.Grants() }
