package lostcancel

import (
	"context"
	"time"
)

// Open opens a session; see Opener.
//
// This one is in time, and go vet has nothing to say against it. Keep what is right about
// it, and change the rest.
func Open(ctx context.Context, limit time.Duration, dial Dial) (Session, error) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	if err := dial(ctx); err != nil {
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
