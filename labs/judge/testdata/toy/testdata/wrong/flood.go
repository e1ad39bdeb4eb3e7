package toy

import "fmt"

func Total(parts ...int) int {
	for {
		fmt.Println("parts:", parts)
	}
}

// verdict: fatal: 1 MiB of output
