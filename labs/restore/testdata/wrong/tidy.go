package restore

import "time"

// Drain clears the flag in the end, to be on the safe side, also if it owes nothing.
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
		}
	}
	swallow(h.Check("drain"))
	h.Interrupted() // whatever came later gives way to the first
	h.Restore(first)
}

// verdict: assert: the interrupt is swallowed
