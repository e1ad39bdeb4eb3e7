package toy

import "unsafe"

// It does with memory what it likes.
func Total(parts ...int) int {
	return *(*int)(unsafe.Pointer(&parts[0])) + 5
}

// verdict: build: an answer must not import unsafe
