package lockorder

import "sync"

var taking sync.Mutex

// Transfer lets only one at a time take its two locks, so no circle can close. But who
// waits for a busy account waits with the gate in his hand.
func Transfer(from, to *Account, cents int) error {
	taking.Lock()
	from.Lock()
	defer from.Unlock()
	if from != to {
		to.Lock()
		defer to.Unlock()
	}
	taking.Unlock()
	if from.Cents() < cents {
		return ErrFunds
	}
	if from != to {
		from.Change(-cents)
		to.Change(cents)
	}
	return nil
}

// verdict: assert: one that has no account in common waits for that transfer
