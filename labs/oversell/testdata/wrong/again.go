package oversell

import "sync"

// New returns the packet of a ledger that may have been tired the first time.
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
	cents, err = p.ledger.Give(user)
	if err != nil {
		cents, err = p.ledger.Give(user)
	}
	return cents, err
}

// verdict: assert: told the ledger to give again
