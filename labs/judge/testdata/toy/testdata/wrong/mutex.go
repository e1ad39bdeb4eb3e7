package toy

import "sync"

func Total(parts ...int) int {
	var mu sync.Mutex
	mu.Lock()
	mu.Lock()
	return 6
}

// verdict: deadlock: every goroutine waits: 1 in sync.Mutex.Lock (answer.go:8)
