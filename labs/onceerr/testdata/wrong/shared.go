package onceerr

import "sync"

// attempt is one call of load, that many wait for.
type attempt struct {
	over  chan struct{}
	value string
	err   error
}

// Once gives what one load has brought to all who wait for it, also an error: who has never
// tried has failed.
func Once(load Load) (get func() (string, error)) {
	var (
		mu      sync.Mutex
		current *attempt
	)
	return func() (string, error) {
		mu.Lock()
		a := current
		if a != nil {
			mu.Unlock()
			<-a.over
			return a.value, a.err
		}
		a = &attempt{over: make(chan struct{})}
		current = a
		mu.Unlock()

		well := false
		defer func() {
			if !well {
				mu.Lock()
				current = nil
				mu.Unlock()
			}
			close(a.over)
		}()
		v, err := load()
		if err != nil {
			a.err = err
			return "", err
		}
		a.value, well = v, true
		return v, nil
	}
}

// verdict: assert: who has only waited tries itself
