package oversell

import "sync"

// New returns a packet that guards the shares, and asks before that whether the user has
// one: "that is about nobody else".
func New(ledger Ledger) Packet { return &packet{ledger: ledger} }

type packet struct {
	mu     sync.Mutex
	ledger Ledger
}

func (p *packet) Grab(user string) (cents int, err error) {
	if p.ledger.Has(user) {
		return 0, ErrTwice
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ledger.Left() == 0 {
		return 0, ErrEmpty
	}
	return p.ledger.Give(user)
}

// verdict: assert: twice: ann asked several times at once and got 2 shares
