package oversell

// New returns the packet that ledger is the book of; see Packet.
func New(ledger Ledger) Packet { return &packet{ledger: ledger} }

type packet struct{ ledger Ledger }

// Grab asks, and then acts on the answers: they may be old by then.
func (p *packet) Grab(user string) (cents int, err error) {
	switch {
	case p.ledger.Has(user):
		return 0, ErrTwice
	case p.ledger.Left() == 0:
		return 0, ErrEmpty
	}
	return p.ledger.Give(user)
}
