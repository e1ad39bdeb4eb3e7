package poll

import "runtime"

// period is how many starts there are from one look at the global queue to the next.
const period = 61

// align brings the P's count of starts, the runtime's schedtick, to one more than a
// multiple of 61. It cannot read the count, but it can meet it: among as many starts as
// a period has there is one that belongs to the global queue, and the caller is there.
// The queues must hold nobody but the caller.
//
// It is exact as long as nobody is preempted. Without it the first yield of the
// experiment is as long as chance will have it, and the others are as they are.
func align() {
	const crowded = period + 1 // one in runnext, and a period in the ring
	left := crowd(crowded)
	runtime.Gosched()

	// The caller was the one: the count is right now. But some are left, and have to run.
	starts := left.Load()
	if starts == crowded { // even the one in runnext, whose start is none
		starts--
	}
	for left.Load() > 0 {
		runtime.Gosched()
		starts++ // our own
	}
	for ; starts%period != 0; starts++ {
		runtime.Gosched()
	}
}
