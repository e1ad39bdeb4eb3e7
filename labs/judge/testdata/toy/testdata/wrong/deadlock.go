package toy

func Total(parts ...int) int {
	sums := make(chan int)
	for _, part := range parts {
		sums <- part
	}
	return <-sums
}

// verdict: deadlock: every goroutine waits: 1 in chan send (answer.go:6)
