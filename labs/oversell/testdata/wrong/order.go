package oversell

import "sync"

// New returns a packet that looks for a share first, and only then at who asks.
func New(ledger Ledger) Packet { return &packet{ledger: ledger} }

type packet struct {
	mu     sync.Mutex
	ledger Ledger
}

func (p *packet) Grab(user string) (cents int, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case p.ledger.Left() == 0:
		return 0, ErrEmpty
	case p.ledger.Has(user):
		return 0, ErrTwice
	}
	return p.ledger.Give(user)
}

// verdict: assert: a user who has a share asked when no share was left
