package toy

func Total(parts ...int) int {
	sums := make(chan int)
	for range 2 {
		go func() {
			total := 0
			for _, part := range parts {
				total += part
			}
			sums <- total
		}()
	}
	return <-sums
}

// verdict: leak: goroutines still blocked when the test was over: 1 in chan send (answer.go:11)
