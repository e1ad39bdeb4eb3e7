package lostcancel

import (
	"context"
	"time"
)

// Open cancels the context of a session that was slow, and forgets that of one that failed.
func Open(ctx context.Context, limit time.Duration, dial Dial) (Session, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	s := &session{ctx, cancel}
	slow := time.AfterFunc(limit, func() { cancel(ErrSlow) })
	err := dial(ctx)
	if !slow.Stop() {
		cancel(ErrSlow) // no effect if it has happened; but it may only be about to
	}
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	if err != nil {
		return nil, err
	}
	s.cancel = cancel
	return s, nil
}

type session struct {
	ctx    context.Context
	cancel context.CancelCauseFunc // called by Close, and by nobody else
}

func (s *session) Context() context.Context { return s.ctx }

func (s *session) Close() { s.cancel(nil) }

// verdict: leak: its cancel function is lost
