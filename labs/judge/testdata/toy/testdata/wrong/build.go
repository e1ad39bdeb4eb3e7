package toy

func Total(parts ...int) int {
	return totl
}

// verdict: build: undefined: totl
