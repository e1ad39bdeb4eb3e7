package onceerr

import (
	"sync"
	"sync/atomic"
)

// Once looks before it waits for the lock, and not again when it has it: who has waited for
// a load that went well loads once more.
func Once(load Load) (get func() (string, error)) {
	var (
		mu    sync.Mutex
		value atomic.Pointer[string]
	)
	return func() (string, error) {
		if v := value.Load(); v != nil {
			return *v, nil
		}
		mu.Lock()
		defer mu.Unlock()
		v, err := load()
		if err != nil {
			return "", err
		}
		value.Store(&v)
		return v, nil
	}
}

// verdict: assert: who had waited for it did not look again
