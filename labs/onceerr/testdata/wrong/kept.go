package onceerr

import "sync"

// Once does it once, and a failure is one time, too: the error stays for ever.
func Once(load Load) (get func() (string, error)) {
	var (
		once  sync.Once
		value string
		err   error
	)
	return func() (string, error) {
		once.Do(func() {
			if value, err = load(); err != nil {
				value = ""
			}
		})
		return value, err
	}
}

// verdict: assert: the error is kept for ever
