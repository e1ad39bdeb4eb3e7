package lostcancel

import (
	"context"
	"time"
)

// Open has a way out on which nobody has the cancel function any more. As long as it is
// a plain variable, go vet sees that.
func Open(ctx context.Context, limit time.Duration, dial Dial) (Session, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	if err := dial(ctx); err != nil {
		return nil, err
	}
	return &session{ctx, cancel}, nil
}

type session struct {
	ctx    context.Context
	cancel context.CancelCauseFunc
}

func (s *session) Context() context.Context { return s.ctx }

func (s *session) Close() { s.cancel(nil) }

// verdict: vet: not used on all paths
