package lockorder

// Transfer locks who pays, then who is paid. Two that pay each other have one lock each and
// wait for the other.
func Transfer(from, to *Account, cents int) error {
	from.Lock()
	defer from.Unlock()
	if from != to {
		to.Lock()
		defer to.Unlock()
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

// verdict: deadlock: every goroutine waits: 2 in sync.Mutex.Lock
