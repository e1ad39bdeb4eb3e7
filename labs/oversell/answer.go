package oversell

import "sync"

// New returns the packet that ledger is the book of; see Packet.
func New(ledger Ledger) Packet { return &packet{ledger: ledger} }

type packet struct {
	mu     sync.Mutex // from the questions to the entry that they allow
	ledger Ledger
}

func (p *packet) Grab(user string) (cents int, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case p.ledger.Has(user):
		return 0, ErrTwice
	case p.ledger.Left() == 0:
		return 0, ErrEmpty
	}
	return p.ledger.Give(user)
}
