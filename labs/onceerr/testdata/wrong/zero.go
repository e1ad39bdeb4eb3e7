package onceerr

import "sync"

// Once returns a function that loads once, and whose callers share what comes of it: after
// a panic that is nothing at all.
func Once(load Load) (get func() (string, error)) {
	type attempt struct {
		over  chan struct{}
		value string
		err   error
	}
	var (
		mu     sync.Mutex
		latest *attempt
	)
	return func() (string, error) {
		for {
			mu.Lock()
			if a := latest; a != nil {
				mu.Unlock()
				<-a.over
				if a.err == nil {
					return a.value, nil
				}
				continue
			}
			a := &attempt{over: make(chan struct{})}
			latest = a
			mu.Unlock()
			loaded := false
			defer func() { // also if load panics
				if !loaded {
					mu.Lock()
					latest = nil
					mu.Unlock()
				}
				close(a.over)
			}()
			a.value, a.err = load()
			loaded = a.err == nil
			if !loaded {
				return "", a.err
			}
			return a.value, nil
		}
	}
}

// verdict: assert: and who had waited for it got
