package lockorder

import "sync"

var bank sync.Mutex

// Transfer lets nobody else do anything: no deadlock, and no bank.
func Transfer(from, to *Account, cents int) error {
	bank.Lock()
	defer bank.Unlock()
	from.Lock()
	defer from.Unlock()
	if from.Cents() < cents {
		return ErrFunds
	}
	if from != to {
		to.Lock()
		defer to.Unlock()
		from.Change(-cents)
		to.Change(cents)
	}
	return nil
}

// verdict: assert: they must not have one lock between them
