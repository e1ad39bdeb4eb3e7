package onceerr

import "sync"

// Once looks at the flag before it takes the lock, and again inside. The first look is not
// ordered with who sets the flag: it may see that and not the value.
func Once(load Load) (get func() (string, error)) {
	var (
		mu    sync.Mutex
		value string
		done  bool
	)
	return func() (string, error) {
		if done {
			return value, nil
		}
		mu.Lock()
		defer mu.Unlock()
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

// verdict: race: nothing orders them
