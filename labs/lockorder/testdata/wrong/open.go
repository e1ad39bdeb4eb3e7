package lockorder

// Transfer takes the locks in the right order, and does not give them back if there is too
// little money.
func Transfer(from, to *Account, cents int) error {
	first, second := from, to
	if first.ID > second.ID {
		first, second = second, first
	}
	first.Lock()
	if first != second {
		second.Lock()
	}
	if from.Cents() < cents {
		return ErrFunds
	}
	if first != second {
		from.Change(-cents)
		to.Change(cents)
		second.Unlock()
	}
	first.Unlock()
	return nil
}

// verdict: deadlock: there was not enough money, and an account stays locked
