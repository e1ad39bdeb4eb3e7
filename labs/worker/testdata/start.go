package worker

import "io"

// Work works through the queue; see Worker.
//
// This one does what there is, and tidies up, if all goes well. Keep what is right about it, and
// change the rest.
func Work(h Handle, shop Shop) (done int, err error) {
	for {
		item, err := shop.Next(h)
		if err == io.EOF {
			return done, shop.Clean(h)
		}
		if err != nil {
			return done, err
		}
		if err := shop.Do(h, item); err != nil {
			return done, err
		}
		done++
	}
}
