package lostcancel

import (
	"context"
	"time"
)

// Open starts somebody who closes the session when the context ends, as it would anyway: he
// waits for a context that nobody may ever end, and not for Close.
func Open(ctx context.Context, limit time.Duration, dial Dial) (Session, error) {
	parent := ctx
	ctx, cancel := context.WithCancelCause(ctx)
	slow := time.AfterFunc(limit, func() { cancel(ErrSlow) })
	err := dial(ctx)
	if !slow.Stop() {
		cancel(ErrSlow) // no effect if it has happened; but it may only be about to
	}
	if ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	if err != nil {
		cancel(err)
		return nil, err
	}
	go func(parent context.Context) {
		<-parent.Done()
		cancel(context.Cause(parent))
	}(parent)
	return &session{ctx, cancel}, nil
}

type session struct {
	ctx    context.Context
	cancel context.CancelCauseFunc // called by Close, and by nobody else
}

func (s *session) Context() context.Context { return s.ctx }

func (s *session) Close() { s.cancel(nil) }

// verdict: assert: goroutines are there for them
