package worker

import (
	"errors"
	"io"
)

// Work works through the queue; see Worker.
func Work(h Handle, shop Shop) (done int, err error) {
	done, err = work(h, shop)
	owed := h.Check("clean") // also if nobody has looked: Clean must not see it
	for {
		again := shop.Clean(h)
		if again == nil {
			break
		}
		owed = first(owed, again)
	}
	owed = first(owed, h.Check("return"))
	if !errors.Is(err, ErrInterrupted) { // else err reports it, and what came later gives way
		h.Restore(owed)
	}
	return done, err
}

// first returns a, or b if there is no a.
func first(a, b error) error {
	if a != nil {
		return a
	}
	return b
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
