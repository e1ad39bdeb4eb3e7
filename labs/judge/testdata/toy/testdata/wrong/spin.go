package toy

import "sync/atomic"

func Total(parts ...int) int {
	var done atomic.Bool
	go func() {
		for !done.Load() {
		}
	}()
	for !done.Load() {
	}
	return 6
}

// verdict: hang: not ended during TestTotal when its time was up
