package loop

import "sync/atomic"

// rounds makes n rounds of a loop and returns what came out, and how many turns the
// other goroutine had between its beginning and its end. It counts them itself: were it
// done by the caller, after the return, there would be a call in between, and with it a
// place to give way.
type rounds func(n int64, others *atomic.Int64) (sum uint64, turns int64)

const odd = 0x9e3779b97f4a7c15

// plain calls nothing: the atomic operations are single instructions.
func plain(n int64, others *atomic.Int64) (sum uint64, turns int64) {
	before := others.Load()
	for range n {
		sum = sum*odd + 1
	}
	return sum, others.Load() - before
}

// leaf calls a small function that calls nothing.
func leaf(n int64, others *atomic.Int64) (sum uint64, turns int64) {
	before := others.Load()
	for range n {
		sum = step(sum)
	}
	return sum, others.Load() - before
}

// deep calls a small function that calls another.
func deep(n int64, others *atomic.Int64) (sum uint64, turns int64) {
	before := others.Load()
	for range n {
		sum = stepByStep(sum)
	}
	return sum, others.Load() - before
}

//go:noinline
func step(sum uint64) uint64 { return sum*odd + 1 }

//go:noinline
func stepByStep(sum uint64) uint64 { return step(sum) ^ 1 }
