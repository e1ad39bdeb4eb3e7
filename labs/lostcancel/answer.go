package lostcancel

import (
	"context"
	"time"
)

// Open opens a session; see Opener.
func Open(ctx context.Context, limit time.Duration, dial Dial) (Session, error) {
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
	return &session{ctx, cancel}, nil
}

type session struct {
	ctx    context.Context
	cancel context.CancelCauseFunc // called by Close, and by nobody else
}

func (s *session) Context() context.Context { return s.ctx }

func (s *session) Close() { s.cancel(nil) }
