package oversell

import "sync"

// New returns a packet that remembers by itself who has asked, also if he got nothing.
func New(ledger Ledger) Packet {
	return &packet{ledger: ledger, users: make(map[string]bool)}
}

type packet struct {
	mu     sync.Mutex
	ledger Ledger
	users  map[string]bool
}

func (p *packet) Grab(user string) (cents int, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.users[user] || p.ledger.Has(user) {
		return 0, ErrTwice
	}
	if p.ledger.Left() == 0 {
		return 0, ErrEmpty
	}
	p.users[user] = true
	return p.ledger.Give(user)
}

// verdict: assert: when he asked again he was told ErrTwice
