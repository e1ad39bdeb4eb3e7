package toy

import "runtime/debug"

func Total(parts ...int) int {
	debug.SetGCPercent(-1) // nothing else is to ask for memory
	var all [][]byte
	for len(all) < 64 {
		all = append(all, make([]byte, 16<<20))
	}
	return len(all)
}

// verdict: fatal: memory
