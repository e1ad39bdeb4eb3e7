package restore

import "time"

// Drain sets the flag again as soon as it has seen it, when there is still something to send.
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
		for {
			err := send(h, item)
			if err == nil {
				break
			}
			swallow(err)
			h.Restore(err)
		}
	}
	swallow(h.Check("drain"))
	h.Interrupted() // whatever came later gives way to the first
	h.Restore(first)
}

// verdict: assert: the flag was set again while there was still something to send
