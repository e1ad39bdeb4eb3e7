package threads

import "golang.org/x/sys/unix"

// threadID returns the number of the thread that this goroutine is on.
func threadID() int { return unix.Gettid() }
