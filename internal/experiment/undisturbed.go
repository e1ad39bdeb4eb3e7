package experiment

import (
	"runtime"
	"time"
)

// Slice is the longest that one uninterrupted stretch of a body may take before
// sysmon may preempt it: forcePreemptNS of runtime/proc.go is 10 ms, less a
// millisecond for the clock.
const Slice = 9 * time.Millisecond

const undisturbedTries = 10

// Undisturbed calls stretch until one call reports that it took less than Slice, and
// records how many did not as "/runs/disturbed:runs". An order of execution that was
// observed over a longer stretch says something about the machine (another process
// had the core, the page had to be fetched), not about the queues. The rule looks at
// the clock only, never at the result, so it cannot choose the results that please.
// After ten disturbed calls it gives up with ErrUnmet.
func (r *Recorder) Undisturbed(stretch func() time.Duration) error {
	for disturbed := range undisturbedTries {
		if stretch() < Slice {
			r.Value("/runs/disturbed:runs", disturbed)
			return nil
		}
	}
	return Unmet("the machine is too busy: %d runs in a row took longer than %v", undisturbedTries, Slice)
}

// Settling is how often Settle yields: more often than the 61 ticks after which a P looks
// at the global queue.
const Settling = 64

// Settle leaves nothing on the run queues but its caller, which begins a time slice. At
// the start of a program the runtime's own goroutines are waiting there, and would be
// among those whose order is observed. It needs a process with one P, or with no other
// P that makes goroutines.
func Settle() {
	for range Settling {
		runtime.Gosched()
	}
}
