package oversell

import "sync"

// New returns a packet that unlocks on two of the three ways out.
func New(ledger Ledger) Packet { return &packet{ledger: ledger} }

type packet struct {
	mu     sync.Mutex
	ledger Ledger
}

func (p *packet) Grab(user string) (cents int, err error) {
	p.mu.Lock()
	if p.ledger.Has(user) {
		p.mu.Unlock()
		return 0, ErrTwice
	}
	if p.ledger.Left() == 0 {
		p.mu.Unlock()
		return 0, ErrEmpty
	}
	cents, err = p.ledger.Give(user)
	if err != nil {
		return 0, err
	}
	p.mu.Unlock()
	return cents, nil
}

// verdict: deadlock: Give failed once, and the next call of Grab waits for ever
