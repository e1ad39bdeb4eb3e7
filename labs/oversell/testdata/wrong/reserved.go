package oversell

import "sync"

// New returns a packet that reserves a share before it asks the ledger to write, without the
// lock: whoever comes meanwhile takes the reservation for a share that is gone.
func New(ledger Ledger) Packet {
	return &packet{ledger: ledger, users: make(map[string]bool)}
}

type packet struct {
	ledger Ledger

	mu       sync.Mutex
	users    map[string]bool
	reserved int
}

func (p *packet) Grab(user string) (cents int, err error) {
	p.mu.Lock()
	switch {
	case p.users[user] || p.ledger.Has(user):
		p.mu.Unlock()
		return 0, ErrTwice
	case p.ledger.Left() <= p.reserved:
		p.mu.Unlock()
		return 0, ErrEmpty
	}
	p.users[user] = true
	p.reserved++
	p.mu.Unlock()

	defer func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.reserved--
		delete(p.users, user)
	}()
	return p.ledger.Give(user)
}

// verdict: assert: turned away too early
