package conformance

import "golang.org/x/exp/trace"

// The times in a trace are exact to 64 ns at best, and less than they look: the runtime
// counts units, a thread never writes the same unit twice but the next one instead, and
// trace.Reader moves an event that is not later than the one that it read before to
// one nanosecond after that. An operation on a queue takes less than a unit. To read
// these times as they are would order operations of which the order is not known.

// unit is what the runtime divides its clock by, see traceTimeDiv in runtime/tracetime.go,
// on every system but Windows.
const unit trace.Time = 64

// moment is when an event was written: in the unit that begins at early, in that which
// begins at late, or in one between them.
type moment struct{ early, late trace.Time }

// clock reads the times of events in the order in which trace.Reader returns them.
type clock struct {
	last    moment // of whatever thread
	threads map[trace.ThreadID]moment
}

func newClock() *clock { return &clock{threads: make(map[trace.ThreadID]moment)} }

func (c *clock) read(thread trace.ThreadID, at trace.Time) moment {
	late := at - at%unit
	now := moment{early: late, late: late}
	if late != at { // moved: in the unit of the one before, or written earlier but read only when that one was known
		now.early = min(now.early, c.last.early)
	}
	own, ok := c.threads[thread]
	if !ok { // the head of what a thread writes has a time, too
		now.early -= unit
	} else {
		if now.early <= own.late+unit { // it may be the next unit in place of the same
			now.early = min(now.early, own.early)
		}
		now.early = max(now.early, own.early)
	}
	c.last, c.threads[thread] = now, now
	return now
}
