package oversell

import "sync"

// New returns a packet that asks under its lock, and gives under its lock, and in between
// the lock is open.
func New(ledger Ledger) Packet { return &packet{ledger: ledger} }

type packet struct {
	mu     sync.Mutex
	ledger Ledger
}

func (p *packet) Grab(user string) (cents int, err error) {
	if err := p.allowed(user); err != nil {
		return 0, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.ledger.Give(user)
}

func (p *packet) allowed(user string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case p.ledger.Has(user):
		return ErrTwice
	case p.ledger.Left() == 0:
		return ErrEmpty
	}
	return nil
}

// verdict: assert: somebody got in between a question and what it allowed
