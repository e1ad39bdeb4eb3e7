package lostcancel

import (
	"context"
	"time"
)

// Open stops the timer, and does not ask whether it came in time.
func Open(ctx context.Context, limit time.Duration, dial Dial) (Session, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	slow := time.AfterFunc(limit, func() { cancel(ErrSlow) })
	err := dial(ctx)
	slow.Stop()
	if ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	if err != nil {
		cancel(err)
		return nil, err
	}
	return &session{ctx, cancel}, nil
}

type session struct {
	ctx    context.Context
	cancel context.CancelCauseFunc // called by Close, and by nobody else
}

func (s *session) Context() context.Context { return s.ctx }

func (s *session) Close() { s.cancel(nil) }

// verdict: assert: and then the limit ended its context
