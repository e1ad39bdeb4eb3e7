package onceerr

import "sync"

// Once has no flag: if there is something, it has been loaded. But nothing is a value, too.
func Once(load Load) (get func() (string, error)) {
	var (
		mu    sync.Mutex
		value string
	)
	return func() (string, error) {
		mu.Lock()
		defer mu.Unlock()
		if value != "" {
			return value, nil
		}
		v, err := load()
		if err != nil {
			return "", err
		}
		value = v
		return value, nil
	}
}

// verdict: assert: load returned the empty string, and was called again
