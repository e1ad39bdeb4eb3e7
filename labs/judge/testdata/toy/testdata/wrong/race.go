package toy

import "sync"

func Total(parts ...int) int {
	var wg sync.WaitGroup
	total := 0
	for _, part := range parts {
		wg.Go(func() { total += part })
	}
	wg.Wait()
	return total
}

// verdict: race: of the same memory by two goroutines
