package oversell

import "sync"

// New returns a packet with a lock for each user: his two hands are kept apart, and two
// users for the last share are not.
func New(ledger Ledger) Packet { return &packet{ledger: ledger} }

type packet struct {
	users  sync.Map // by name, *sync.Mutex
	ledger Ledger
}

func (p *packet) Grab(user string) (cents int, err error) {
	lock, _ := p.users.LoadOrStore(user, new(sync.Mutex))
	mu := lock.(*sync.Mutex)
	mu.Lock()
	defer mu.Unlock()
	switch {
	case p.ledger.Has(user):
		return 0, ErrTwice
	case p.ledger.Left() == 0:
		return 0, ErrEmpty
	}
	return p.ledger.Give(user)
}

// verdict: assert: oversold: the packet had 1
