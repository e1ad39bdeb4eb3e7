package redpacket

import "golang.org/x/sys/unix"

// threadTime returns the processor time of this thread, in ns: who else is on the machine is in
// it only by what he does to the caches.
func threadTime() int64 {
	var t unix.Timespec
	_ = unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &t)
	return t.Nano()
}
