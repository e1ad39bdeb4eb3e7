package lockorder

// Transfer moves money between two accounts; see Transferrer.
func Transfer(from, to *Account, cents int) error {
	unlock := lockBoth(from, to)
	defer unlock()
	if from.Cents() < cents {
		return ErrFunds
	}
	if from != to {
		from.Change(-cents)
		to.Change(cents)
	}
	return nil
}

// lockBoth locks the account with the lower ID first, whichever way the money goes. Nobody
// who has locked one account then waits for one with a lower ID, so no circle of those who
// wait can close.
func lockBoth(a, b *Account) (unlock func()) {
	if a == b {
		a.Lock()
		return a.Unlock
	}
	if a.ID > b.ID {
		a, b = b, a
	}
	a.Lock()
	b.Lock()
	return func() {
		b.Unlock()
		a.Unlock()
	}
}
