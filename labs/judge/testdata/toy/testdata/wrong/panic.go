package toy

import "sync"

func Total(parts ...int) int {
	var wg sync.WaitGroup
	var sums []int
	wg.Go(func() { sums[0] = 6 })
	wg.Wait()
	return sums[0]
}

// verdict: panic: index out of range [0] with length 0
