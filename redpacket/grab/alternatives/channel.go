package alternatives

import (
	"context"

	"lab.example/gopark/redpacket/grab"
	"lab.example/gopark/redpacket/grab/users"
)

// channel has the parts in a buffered channel, which is filled and closed before anybody comes:
// no receive ever waits, and a receive from it when it is empty says so. A channel is a queue with
// a lock around it, and it is copied through that lock, one part after the other.
type channel struct {
	parts  chan grab.Grant
	grants []grab.Grant // the same ones, only read
	users  *users.Table
}

func newChannel(p *grab.Pile) grab.Envelope {
	c := &channel{parts: make(chan grab.Grant, p.Left()), users: users.New(p.Left())}
	for g, err := p.Take(); err == nil; g, err = p.Take() {
		c.parts <- g
		c.grants = append(c.grants, g)
	}
	close(c.parts)
	return c
}

func (c *channel) Grab(ctx context.Context, user string) (grab.Grant, error) {
	seat := c.users.Lock(user)
	defer seat.Unlock()
	if ctx.Err() != nil {
		return grab.Grant{}, context.Cause(ctx)
	}
	if i, ok := seat.Index(); ok {
		return again(c.grants[i]), nil
	}
	g, ok := <-c.parts
	if !ok {
		return g, grab.ErrSoldOut
	}
	seat.Take(g.Index)
	return g, nil
}

func (c *channel) Left() int { return len(c.parts) }

func (c *channel) Grants() []grab.Grant {
	return append([]grab.Grant(nil), c.grants[:len(c.grants)-c.Left()]...)
}
