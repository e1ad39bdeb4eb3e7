package lockorder

// Transfer locks in the right order, but it opens who pays as soon as the money is taken, so
// that others can have the account: for a moment the money is nowhere.
func Transfer(from, to *Account, cents int) error {
	if from == to {
		from.Lock()
		defer from.Unlock()
		if from.Cents() < cents {
			return ErrFunds
		}
		return nil
	}
	first, second := from, to
	if first.ID > second.ID {
		first, second = second, first
	}
	first.Lock()
	second.Lock()
	defer to.Unlock()
	if from.Cents() < cents {
		from.Unlock()
		return ErrFunds
	}
	from.Change(-cents)
	from.Unlock()
	to.Change(cents)
	return nil
}

// verdict: assert: the money is under way while only one of the two accounts is locked
