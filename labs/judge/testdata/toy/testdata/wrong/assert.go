package toy

func Total(parts ...int) int { return len(parts) }

// verdict: assert: the sum of 1, 2 and 3 is 3: want 6
