package toy

// int total(void) { return 6; }
import "C"

func Total(parts ...int) int { return int(C.total()) }

// verdict: build: an answer must not import C
