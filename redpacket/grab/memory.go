package grab

import (
	"context"

	"lab.example/gopark/redpacket"
	"lab.example/gopark/redpacket/grab/users"
)

// Memory is the envelope for one process: what it knows is gone when the process is. It is split
// when it is made, so that a grab draws nothing. A grab waits for nobody but for others of the
// same shard of its users, for a fraction of a microsecond, and starts no goroutine. An envelope
// takes up to 48 bytes a part, and some kilobytes in any case, all of it when it is made; then it
// keeps the strings of those who have got something, and nothing of those who have not. It keeps
// them as they are, however long: bound what strangers may send, and clone (strings.Clone) what is
// a piece of something large. There is no way to give a part back.
type Memory struct {
	pile  *Pile
	users *users.Table
}

var _ Envelope = (*Memory)(nil)

// New splits p into an envelope. The error is that of redpacket.New.
func New(p redpacket.Params, opts ...Option) (*Memory, error) {
	pile, err := NewPile(p, opts...)
	if err != nil {
		return nil, err
	}
	return Of(pile), nil
}

// Of is an envelope of the parts that are left on a pile. Nobody else may take from it.
func Of(pile *Pile) *Memory {
	return &Memory{pile: pile, users: users.New(len(pile.parts))}
}

// Grab is Envelope's.
func (m *Memory) Grab(ctx context.Context, user string) (Grant, error) {
	if ctx == nil {
		panic("grab: nil context")
	}
	// There is no defer, which would be a tenth of the whole: between here and Unlock nothing
	// panics, unless it is the Err of a context that somebody else has written.
	seat := m.users.Lock(user)
	// Not before the lock: who was cancelled while he waited for it gets nothing.
	if ctx.Err() != nil {
		seat.Unlock()
		return Grant{}, context.Cause(ctx)
	}
	if i, ok := seat.Index(); ok {
		seat.Unlock()
		g := m.pile.grant(i)
		g.Again = true
		return g, nil
	}
	g, err := m.pile.Take()
	if err == nil {
		seat.Take(g.Index)
	}
	seat.Unlock()
	return g, err
}

// Left is Envelope's.
func (m *Memory) Left() int { return m.pile.Left() }

// Grants is Envelope's: those of a Pile.
func (m *Memory) Grants() []Grant { return m.pile.Grants() }
