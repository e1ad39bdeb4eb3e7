package interrupt

import "time"

// Sleep returns nil after d, or an *Error, with the flag cleared, as soon as the
// goroutine is interrupted: at once if it was interrupted before the call, even if d
// is zero or negative.
func (h *Handle) Sleep(d time.Duration) error {
	const op = "sleep"
	if err := h.Check(op); err != nil || d <= 0 {
		return err
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	h.prepare()
	for {
		select {
		case <-timer.C:
			return nil
		case <-h.bell:
			if err := h.Check(op); err != nil {
				return err
			}
		}
	}
}

// Park blocks until somebody calls Unpark or interrupts, and takes the permit that Unpark
// has left. If the permit is there, or the flag is set, it returns at once: every time, as
// it does not clear the flag, so a loop around Park must look at the flag. It may also
// return for no reason; it is a building block, to be called in a loop that looks at what
// is waited for.
func (h *Handle) Park() {
	for !h.permit.Swap(false) && !h.flag.Load() {
		<-h.bell
	}
}

// ParkFor is Park that returns after d at the latest.
func (h *Handle) ParkFor(d time.Duration) {
	if h.permit.Swap(false) || h.flag.Load() || d <= 0 {
		return
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	for {
		select {
		case <-timer.C:
			return
		case <-h.bell:
			if h.permit.Swap(false) || h.flag.Load() {
				return
			}
		}
	}
}

// Unpark lets the goroutine's Park return, or the next one if it is not in Park: there is
// one permit, however often Unpark is called.
func (h *Handle) Unpark() {
	h.permit.Store(true)
	h.ring()
}

// Join waits until the goroutine of other has ended. It returns nil whatever that returned
// (see Err), or an *Error if this goroutine, h, is interrupted; other is not affected. If
// other has ended already it returns nil and does not look at the flag.
func (h *Handle) Join(other *Handle) error { return h.join(other, nil) }

// JoinFor is Join that returns after d at the latest, with nil: other.Done tells whether it
// has ended. A d of zero or less returns at once.
func (h *Handle) JoinFor(other *Handle, d time.Duration) error {
	timer := time.NewTimer(max(0, d))
	defer timer.Stop()
	return h.join(other, timer.C)
}

func (h *Handle) join(other *Handle, late <-chan time.Time) error {
	const op = "join"
	select {
	case <-other.done:
		return nil
	default:
	}
	if err := h.Check(op); err != nil {
		return err
	}
	h.prepare()
	for {
		select {
		case <-other.done:
			return nil
		case <-late:
			return nil
		case <-h.bell:
			if err := h.Check(op); err != nil {
				return err
			}
		}
	}
}

// Recv receives from ch: the value and true, or zero and false if ch is closed, as in
// v, ok := <-ch. If h is interrupted, before or while it waits, the error is an *Error and
// nothing was received, even if there was something. A nil ch blocks until then.
func Recv[T any](h *Handle, ch <-chan T) (v T, ok bool, err error) {
	const op = "receive"
	if err := h.Check(op); err != nil {
		return v, false, err
	}
	h.prepare()
	for {
		select {
		case v, ok = <-ch:
			return v, ok, nil
		case <-h.bell:
			if err := h.Check(op); err != nil {
				return v, false, err
			}
		}
	}
}

// Send sends v to ch. If h is interrupted, before or while it waits, the error is an *Error
// and v was not sent, even if there was room. It panics if ch is closed.
func Send[T any](h *Handle, ch chan<- T, v T) error {
	const op = "send"
	if err := h.Check(op); err != nil {
		return err
	}
	h.prepare()
	for {
		select {
		case ch <- v:
			return nil
		case <-h.bell:
			if err := h.Check(op); err != nil {
				return err
			}
		}
	}
}
