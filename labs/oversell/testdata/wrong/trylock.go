package oversell

import "sync"

// New returns a packet that turns away whoever comes while another is at it.
func New(ledger Ledger) Packet { return &packet{ledger: ledger} }

type packet struct {
	mu     sync.Mutex
	ledger Ledger
}

func (p *packet) Grab(user string) (cents int, err error) {
	if !p.mu.TryLock() {
		return 0, ErrEmpty
	}
	defer p.mu.Unlock()
	switch {
	case p.ledger.Has(user):
		return 0, ErrTwice
	case p.ledger.Left() == 0:
		return 0, ErrEmpty
	}
	return p.ledger.Give(user)
}

// verdict: assert: turned away
