package waits

import (
	"context"

	"lab.example/gopark/internal/experiment"
)

// chance is what becomes of a lock that is free when it is asked for with a context that is
// cancelled, in a single select.
type chance struct {
	Tries  int64 `obs:"/select/tries:locks"`
	Locked int64 `obs:"/select/locked:locks"`
}

const tries = 200

func takeChances() (c chance) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	lock := make(chan struct{}, 1)
	for range tries {
		c.Tries++
		if lockOrDone(ctx, lock) == nil {
			c.Locked++
			<-lock
		}
	}
	return c
}

// lockOrDone is a lock with a context as it is usually written.
func lockOrDone(ctx context.Context, lock chan struct{}) error {
	select {
	case lock <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// check holds that both happen. A select that is fair gets one of them wrong in one of 2^199
// runs.
func (c chance) check() error {
	if c.Tries != tries || c.Locked == 0 || c.Locked == c.Tries {
		return experiment.Refuted("a select took a free lock %d times of %d under a cancelled context: not by chance", c.Locked, c.Tries)
	}
	return nil
}
