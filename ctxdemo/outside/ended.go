package outside

import (
	"context"
	"errors"
	"time"

	"lab.example/gopark/ctxdemo/ending"
	"lab.example/gopark/internal/experiment"
)

// call is somebody who takes a context. It calls end in the middle of its work, from any
// goroutine, and returns the error that its caller would get. When end returns ctx is done.
// failed is about the experiment itself.
type call func(ctx context.Context, end func()) (err, failed error)

// inTheMiddle ends a context in the middle of a call, which is made again if the machine was
// too slow.
func inTheMiddle(parent context.Context, how ending.Way, c call) (err error, of context.Context, failed error) {
	impatient := ending.Patiently(parent, func(timeout time.Duration) (tooLate bool) {
		trial := how.Once(parent, timeout, func(ctx context.Context, end func()) { err, failed = c(ctx, end) })
		of = trial.Context
		return trial.TooLate
	})
	switch {
	case errors.Is(impatient, ending.ErrBusy):
		return nil, of, experiment.Unmet("%v (%v)", impatient, failed)
	case impatient != nil:
		return nil, of, impatient
	}
	return err, of, failed
}
