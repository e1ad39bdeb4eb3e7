package oversell

import "sync"

var mu sync.Mutex

// New returns a packet that is right, and makes all others wait.
func New(ledger Ledger) Packet { return &packet{ledger: ledger} }

type packet struct{ ledger Ledger }

func (p *packet) Grab(user string) (cents int, err error) {
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

// verdict: assert: two packets wait for each other
