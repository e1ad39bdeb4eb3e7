package cleanup

import "context"

// Use takes every work that was aborted for one that has failed.
func Use(ctx context.Context, r Resource) error {
	defer r.Release()
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	aborted := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(aborted)
		r.Abort()
	})
	err := r.Work()
	if stop() {
		return err // Abort was not called, and will not be
	}
	<-aborted // stop has not waited for it
	return context.Cause(ctx)
}

// verdict: assert: who was through was through
