package lostcancel

import (
	"context"
	"time"
)

// Open limits the session, and not only the dialling: a deadline cannot be taken back.
func Open(ctx context.Context, limit time.Duration, dial Dial) (Session, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, limit, ErrSlow)
	err := dial(ctx)
	if ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	if err != nil {
		cancel()
		return nil, err
	}
	return &session{ctx, cancel}, nil
}

type session struct {
	ctx    context.Context
	cancel context.CancelFunc
}

func (s *session) Context() context.Context { return s.ctx }

func (s *session) Close() { s.cancel() }

// verdict: assert: the session ended after its limit
