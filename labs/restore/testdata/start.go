package restore

import "time"

// Drain sends all items; see Drainer.
//
// This one sends everything, as long as nobody interrupts. Keep what is right about it, and
// change the rest.
func Drain(h Handle, pause time.Duration, items []string, send Send) {
	for i, item := range items {
		if i > 0 {
			_ = h.Sleep(pause)
		}
		_ = send(h, item)
	}
}
