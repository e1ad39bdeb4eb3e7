package lockorder

// Transfer moves money between two accounts; see Transferrer.
//
// It never has two locks, so there is no deadlock. But for a moment the money is nowhere.
func Transfer(from, to *Account, cents int) error {
	from.Lock()
	if from.Cents() < cents {
		from.Unlock()
		return ErrFunds
	}
	from.Change(-cents)
	from.Unlock()

	to.Lock()
	to.Change(cents)
	to.Unlock()
	return nil
}
