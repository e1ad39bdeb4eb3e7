package lockorder

// Transfer takes the locks in the right order, and the same one twice if both accounts are
// one.
func Transfer(from, to *Account, cents int) error {
	first, second := from, to
	if first.ID > second.ID {
		first, second = second, first
	}
	first.Lock()
	defer first.Unlock()
	second.Lock()
	defer second.Unlock()
	if from.Cents() < cents {
		return ErrFunds
	}
	from.Change(-cents)
	to.Change(cents)
	return nil
}

// verdict: deadlock: waits for the lock that it has taken itself
