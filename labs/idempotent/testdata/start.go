package idempotent

// ByID adds a deposit once; see the contract.
//
// These three apply every message as if it could not come twice. Keep what is right about
// them, and change the rest.
func ByID(s Store, d Deposit) (balance int, err error) {
	before, revision, err := s.Load(BalanceKey(d.Account))
	if err != nil {
		return 0, err
	}
	balance = before + d.Amount
	return balance, s.Commit(Write{Key: BalanceKey(d.Account), Revision: revision, Value: balance})
}

// ByVersion sets a price unless a newer one is set.
func ByVersion(s Store, p Price) error {
	_, revision, err := s.Load(PriceKey(p.Item))
	if err != nil {
		return err
	}
	return s.Commit(Write{Key: PriceKey(p.Item), Revision: revision, Value: p.Cents})
}

// ByState takes a step unless it has been taken.
func ByState(s Store, step Step) (State, error) {
	_, revision, err := s.Load(StateKey(step.Order))
	if err != nil {
		return 0, err
	}
	return step.To, s.Commit(Write{Key: StateKey(step.Order), Revision: revision, Value: int(step.To)})
}
