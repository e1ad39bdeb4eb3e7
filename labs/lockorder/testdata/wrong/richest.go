package lockorder

// Transfer orders the locks by how much money is behind them. To know that it has to look
// before it has locked, and who looks later sees another order.
func Transfer(from, to *Account, cents int) error {
	first, second := from, to
	if first.Cents() < second.Cents() {
		first, second = second, first
	}
	first.Lock()
	defer first.Unlock()
	if first != second {
		second.Lock()
		defer second.Unlock()
	}
	if from.Cents() < cents {
		return ErrFunds
	}
	if from != to {
		from.Change(-cents)
		to.Change(cents)
	}
	return nil
}

// verdict: panic: is read, and nobody has locked it
