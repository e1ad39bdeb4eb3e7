package onceerr

import "sync"

// Once tells the error to the one who has caused it. Whoever comes next finds that it has
// been done, and takes an empty value for a good one.
func Once(load Load) (get func() (string, error)) {
	var (
		once  sync.Once
		value string
	)
	return func() (string, error) {
		var err error
		once.Do(func() {
			var v string
			if v, err = load(); err == nil {
				value = v
			}
		})
		return value, err
	}
}

// verdict: assert: the error is lost
