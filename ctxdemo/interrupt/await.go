package interrupt

import "time"

// ending is how a wait has ended.
type ending int

const (
	happened ending = iota // the event
	expired                // the time was over first
	cutShort               // the flag is set; it is for the caller to clear it
)

// await blocks until event is closed or has something to receive, until late has, which may
// be nil, or until h is interrupted. What has happened wins: then the flag is kept for the
// next operation. It does not look at the flag before it blocks if the event is there.
func (h *Handle) await(event <-chan struct{}, late <-chan time.Time) ending {
	how := h.awaitAny(event, late)
	if how != happened {
		select {
		case <-event:
			return happened
		default:
		}
	}
	return how
}

func (h *Handle) awaitAny(event <-chan struct{}, late <-chan time.Time) ending {
	for !h.IsInterrupted() {
		select {
		case <-event:
			return happened
		case <-late:
			return expired
		case <-h.bell: // "look"
		}
	}
	return cutShort
}

// in returns a channel for await from which something can be received after d: at once, if d
// is zero or negative. stop must be called.
func in(d time.Duration) (late <-chan time.Time, stop func() bool) {
	timer := time.NewTimer(max(0, d))
	return timer.C, timer.Stop
}
