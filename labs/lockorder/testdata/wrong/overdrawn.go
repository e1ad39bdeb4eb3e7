package lockorder

// Transfer looks whether there is enough, opens the account, and then locks both in the
// right order: what it has seen may be old by then.
func Transfer(from, to *Account, cents int) error {
	from.Lock()
	enough := from.Cents() >= cents
	from.Unlock()
	switch {
	case !enough:
		return ErrFunds
	case from == to:
		return nil
	}

	first, second := from, to
	if first.ID > second.ID {
		first, second = second, first
	}
	first.Lock()
	defer first.Unlock()
	second.Lock()
	defer second.Unlock()
	from.Change(-cents)
	to.Change(cents)
	return nil
}

// verdict: assert: overdrawn: two wanted all of 100 cents
