package toy

import "sync"

func Total(parts ...int) int {
	var wg sync.WaitGroup
	sums := make(map[int]int)
	for range 2 {
		wg.Go(func() {
			for i := 0; ; i++ { // until the runtime notices
				sums[i%8]++
			}
		})
	}
	wg.Wait()
	return sums[0]
}

// verdict: fatal: concurrent map
