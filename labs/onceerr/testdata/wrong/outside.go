package onceerr

import "sync"

// Once does not hold its lock while it loads, "because that takes long": everybody who comes
// meanwhile loads, too.
func Once(load Load) (get func() (string, error)) {
	var (
		mu    sync.Mutex
		value string
		done  bool
	)
	return func() (string, error) {
		mu.Lock()
		if done {
			defer mu.Unlock()
			return value, nil
		}
		mu.Unlock()

		v, err := load()
		if err != nil {
			return "", err
		}
		mu.Lock()
		defer mu.Unlock()
		if !done {
			value, done = v, true
		}
		return value, nil
	}
}

// verdict: assert: calls of load were under way at the same time
