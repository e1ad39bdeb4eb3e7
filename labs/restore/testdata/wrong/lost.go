package restore

import "time"

// Drain takes an item whose Send was interrupted for one that was sent.
func Drain(h Handle, pause time.Duration, items []string, send Send) {
	first := h.Check("drain") // the first interrupt, which we swallow here and owe to the caller
	swallow := func(err error) {
		if first == nil {
			first = err
		}
	}
	for i, item := range items {
		if i > 0 && first == nil {
			swallow(h.Sleep(pause))
		}
		swallow(send(h, item))
	}
	swallow(h.Check("drain"))
	h.Interrupted() // whatever came later gives way to the first
	h.Restore(first)
}

// verdict: assert: it was not tried again
