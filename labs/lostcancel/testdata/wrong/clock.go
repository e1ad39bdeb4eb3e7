package lostcancel

import (
	"context"
	"time"
)

// Open stops its clock when there is a session.
func Open(ctx context.Context, limit time.Duration, dial Dial) (Session, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	slow := time.AfterFunc(limit, func() { cancel(ErrSlow) })
	if err := dial(ctx); err != nil {
		cancel(err) // no effect if ctx has ended before
		return nil, context.Cause(ctx)
	}
	if !slow.Stop() {
		cancel(ErrSlow) // no effect if it has happened; but it may only be about to
	}
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	return &session{ctx, cancel}, nil
}

type session struct {
	ctx    context.Context
	cancel context.CancelCauseFunc // called by Close, and by nobody else
}

func (s *session) Context() context.Context { return s.ctx }

func (s *session) Close() { s.cancel(nil) }

// verdict: leak: a timer that goes on, which nobody has stopped
