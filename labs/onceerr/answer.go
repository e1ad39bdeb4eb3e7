package onceerr

import "sync"

// Once returns a function that loads once, as soon as that works; see Oncer.
func Once(load Load) (get func() (string, error)) {
	var (
		mu    sync.Mutex // also while load runs: whoever waits for it waits for the load
		value string
		done  bool
	)
	return func() (string, error) {
		mu.Lock()
		defer mu.Unlock() // also if load panics
		if done {
			return value, nil
		}
		v, err := load()
		if err != nil {
			return "", err
		}
		value, done = v, true
		return value, nil
	}
}
