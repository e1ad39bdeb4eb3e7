package idempotent

import "errors"

// ByVersion sets the price and then the version: to set a price twice does no harm. But if
// the process ends in between, an older version does not know that it is older.
func ByVersion(s Store, p Price) error {
	return again(func() error {
		version, revision, err := s.Load("my/version/" + p.Item)
		if err != nil || version >= p.Version {
			return err
		}
		_, priceRevision, err := s.Load(PriceKey(p.Item))
		if err != nil {
			return err
		}
		if err := s.Commit(Write{Key: PriceKey(p.Item), Revision: priceRevision, Value: p.Cents}); err != nil {
			return err
		}
		return s.Commit(Write{Key: "my/version/" + p.Item, Revision: revision, Value: p.Version})
	})
}

// ByID adds a deposit once; see the contract. What it answers, it remembers in the same
// step in which it does what it answers for.
func ByID(s Store, d Deposit) (balance int, err error) {
	err = again(func() error {
		answered, seen, err := s.Load("my/answer/" + d.ID)
		if err != nil {
			return err
		}
		if seen > 0 {
			balance = answered
			return nil
		}
		before, revision, err := s.Load(BalanceKey(d.Account))
		if err != nil {
			return err
		}
		balance = before + d.Amount
		return s.Commit(
			Write{Key: "my/answer/" + d.ID, Value: balance},
			Write{Key: BalanceKey(d.Account), Revision: revision, Value: balance},
		)
	})
	return balance, err
}

// ByState takes a step unless it has been taken. The state itself is the memory.
func ByState(s Store, step Step) (State, error) {
	err := again(func() error {
		state, revision, err := s.Load(StateKey(step.Order))
		switch {
		case err != nil || State(state) >= step.To:
			return err
		case State(state) != step.To-1:
			return ErrTooEarly
		}
		writes := []Write{{Key: StateKey(step.Order), Revision: revision, Value: int(step.To)}}
		if step.To == Paid {
			sold, revision, err := s.Load(SoldKey)
			if err != nil {
				return err
			}
			writes = append(writes, Write{Key: SoldKey, Revision: revision, Value: sold + 1})
		}
		return s.Commit(writes...)
	})
	if err != nil {
		return 0, err
	}
	return step.To, nil
}

// again calls f until nobody else was faster.
func again(f func() error) error {
	for {
		if err := f(); !errors.Is(err, ErrConflict) {
			return err
		}
	}
}

// verdict: assert: an older version won
