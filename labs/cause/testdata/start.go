package cause

import (
	"context"
	"time"
)

// Do carries out call; see Doer.
//
// This one stops a call that takes too long, and whoever asks why gets what call has said.
// Keep what is right about it, and change the rest.
func Do(ctx context.Context, limit time.Duration, quit <-chan struct{}, call Call) error {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	return call(ctx)
}
