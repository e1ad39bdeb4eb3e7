package worker

import "io"

// Work forgets what came while it cleaned.
func Work(h Handle, shop Shop) (done int, err error) {
	done, err = work(h, shop)
	h.Interrupted()
	for shop.Clean(h) != nil {
	}
	return done, err
}

func work(h Handle, shop Shop) (done int, err error) {
	for {
		if err := h.Check("work"); err != nil { // Next may not look
			return done, err
		}
		item, err := shop.Next(h)
		switch {
		case err == io.EOF:
			return done, nil
		case err != nil:
			return done, err
		}
		if err := shop.Do(h, item); err != nil {
			shop.PutBack(item)
			return done, err
		}
		done++
	}
}

// verdict: assert: the interrupt is lost
